#pragma once
// Stores in one SQLite file: the embedded default.

#include <tiketi/adapters/stores.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace tiketi::sqlite {

struct Options {
  bool durable = true;                          ///< false: a power failure may lose the last commits
  std::int64_t cache_bytes = 16 * 1024 * 1024;  ///< page cache of the writer; readers take a quarter each
  std::int32_t readers = 4;                     ///< connections for concurrent reads, 1 to 64
  std::int64_t busy_timeout_ms = 10'000;        ///< how long to wait for another process's write
  std::int64_t max_bytes = 0;                   ///< refuse to grow beyond that; 0: as the disk allows
};

/// Opens or creates the file. Nothing is migrated. invalid_argument, unavailable (details: cause),
/// storage_mismatch (not an SQLite file, or another program's).
Result<std::unique_ptr<Stores>> open(const std::string& path, const Options& options = {});

}  // namespace tiketi::sqlite
