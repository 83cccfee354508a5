// SE1, RT1: the frames of a WebSocket's client, in pieces of any size.

#include "server/web_socket_frames.hpp"

#include <tiketi/base/text.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace tiketi::http;

constexpr std::size_t most_bytes = 4'096;
constexpr std::size_t most_frames = 16;

void check(bool holds) {
  if (!holds) std::abort();
}

struct Happened {
  FrameReader::Event event;
  std::uint16_t code;
  std::string payload;
  friend bool operator==(const Happened&, const Happened&) = default;
};

void check_event(const Happened& one) {
  using enum FrameReader::Event;
  check(one.payload.size() <= (one.event == text || one.event == binary ? most_bytes : 125));
  if (one.event == text || one.event == close) check(tiketi::is_utf8(one.payload));
  if (one.event == close) check(one.code == close_code::none || is_close_code(one.code));
  if (one.event == failed) check(one.code >= close_code::protocol_error && one.code <= close_code::too_big);
}

std::vector<Happened> read(const std::uint8_t* data, std::size_t size, std::size_t piece) {
  FrameReader reader(most_bytes, most_frames);
  std::vector<Happened> out;
  for (std::size_t at = 0; at < size; at += piece) {
    // A block of its own, so that a sanitizer sees each step beyond it.
    std::vector<char> bytes(data + at, data + std::min(size, at + piece));
    std::span<char> left = bytes;
    while (true) {
      std::size_t used = 0;
      const FrameReader::Event event = reader.put(left, used);
      check(used <= left.size());
      left = left.subspan(used);
      if (event == FrameReader::Event::more) break;
      out.push_back({event, reader.code(), std::string(reader.payload())});
      check_event(out.back());
      if (event == FrameReader::Event::failed) return out;
    }
    check(left.empty() && reader.held() <= 4 * most_bytes);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<Happened> whole = read(data, size, std::max<std::size_t>(size, 1));
  check(read(data, size, 1) == whole && read(data, size, 7) == whole);  // the same, however it arrives
  return 0;
}
