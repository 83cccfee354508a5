#include "server/gzip.hpp"

#include <zlib.h>

#include <limits>

namespace tiketi::http {
namespace {

/// A thread compresses with memory that it keeps: zlib takes a quarter of a megabyte for each stream.
class Deflater {
 public:
  explicit Deflater(int level) {
    constexpr int gzip_format = 15 + 16;
    usable_ = deflateInit2(&stream_, level, Z_DEFLATED, gzip_format, 8, Z_DEFAULT_STRATEGY) == Z_OK;
  }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater() {
    if (usable_) deflateEnd(&stream_);
  }

  std::string compress(std::string_view text) {
    if (!usable_ || text.size() > std::numeric_limits<uInt>::max() || deflateReset(&stream_) != Z_OK) return {};
    std::string out(deflateBound(&stream_, text.size()), '\0');
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib does not write there
    stream_.avail_in = static_cast<uInt>(text.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    if (deflate(&stream_, Z_FINISH) != Z_STREAM_END) return {};
    out.resize(stream_.total_out);
    return out;
  }

 private:
  z_stream stream_{};
  bool usable_ = false;
};

}  // namespace

std::string gzip(std::string_view text, int level) {
  if (level != 1) return Deflater(level).compress(text);
  thread_local Deflater fast(1);
  return fast.compress(text);
}

}  // namespace tiketi::http
