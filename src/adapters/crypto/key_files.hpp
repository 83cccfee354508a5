#pragma once
// Files that hold secret keys.

#include <tiketi/base/result.hpp>

#include <string>
#include <string_view>

namespace tiketi::crypto {

/// invalid_argument (others may read it, or it is larger than a key can be; details: field, file), unavailable.
Result<std::string> read_key_file(const std::string& path);

/// Writes a new file that only its owner may read. Whoever looks sees all of it or nothing. unavailable.
Result<void> write_key_file(const std::string& path, std::string_view text);

/// The same, unless there is a file of that name: false, and it stays as it is. unavailable.
Result<bool> write_new_key_file(const std::string& path, std::string_view text);

/// Makes the directory, for its owner alone, unless it is there. unavailable.
Result<void> make_key_directory(const std::string& path);

Error bad_key_file(const std::string& path, std::string_view what);

}  // namespace tiketi::crypto
