#include "server/web_socket_frames.hpp"

#include <tiketi/base/text.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace tiketi::http {
namespace {

constexpr std::size_t most_in_control = 125;
constexpr std::uint64_t most_reserved = 64 * 1024;  // before a byte of it was seen

bool is_control(Opcode opcode) noexcept { return (static_cast<unsigned>(opcode) & 8U) != 0; }

/// `offset`: of the first byte in the frame's payload.
void unmask(std::span<char> bytes, const std::array<unsigned char, 4>& mask, std::uint64_t offset) noexcept {
  std::array<unsigned char, 8> turned{};
  for (std::size_t i = 0; i < turned.size(); ++i) turned[i] = mask[(offset + i) % 4];
  std::uint64_t key = 0;
  std::memcpy(&key, turned.data(), sizeof key);
  std::size_t at = 0;
  for (; at + sizeof key <= bytes.size(); at += sizeof key) {
    std::uint64_t word = 0;
    std::memcpy(&word, &bytes[at], sizeof word);
    word ^= key;
    std::memcpy(&bytes[at], &word, sizeof word);
  }
  for (std::size_t i = 0; at < bytes.size(); ++at, ++i)
    bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ turned[i]);
}

}  // namespace

bool is_close_code(std::uint16_t code) noexcept {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

Chunk make_frame(Opcode opcode, Payload payload) noexcept {
  Chunk out;
  const std::uint64_t size = payload->size();
  const auto put = [&](std::uint64_t byte) { out.head[out.head_size++] = static_cast<char>(byte & 0xff); };
  put(0x80U | static_cast<unsigned>(opcode));
  const int length_bytes = size <= 125 ? 0 : size <= 0xffff ? 2 : 8;
  put(length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127);
  for (int i = length_bytes - 1; i >= 0; --i) put(size >> (8 * i));
  out.payload = std::move(payload);
  return out;
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  reason = reason.substr(0, most_in_control - 2);
  while (!is_utf8(reason)) reason.remove_suffix(1);  // a character that was cut
  std::string out{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  return out.append(reason);
}

FrameReader::Event FrameReader::fail(std::uint16_t code) noexcept {
  code_ = code;
  payload_ = {};
  return Event::failed;
}

FrameReader::Event FrameReader::put(std::span<char> bytes, std::size_t& used) {
  used = 0;
  if (std::exchange(delivered_, false)) std::string().swap(message_);  // assigning would keep its memory
  while (true) {
    if (!in_payload_) {
      code_ = 0;
      if (!read_head(bytes, used)) return code_ != 0 ? fail(code_) : Event::more;
    }
    const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(length_ - taken_, bytes.size() - used));
    const std::span<char> part = bytes.subspan(used, size);
    const bool whole = taken_ == 0 && size == length_;
    used += size;
    if (is_control(opcode_)) {
      std::copy(part.begin(), part.end(), control_.begin() + static_cast<std::ptrdiff_t>(taken_));
      unmask({control_.data() + taken_, size}, mask_, taken_);
    } else if (whole && final_ && opcode_ != Opcode::continuation) {
      unmask(part, mask_, 0);  // a message in one piece stays where it is
      payload_ = {part.data(), part.size()};
    } else {
      if (message_.empty()) message_.reserve(static_cast<std::size_t>(std::min(length_, most_reserved)));
      const std::size_t before = message_.size();
      message_.append(part.data(), part.size());
      unmask({message_.data() + before, size}, mask_, taken_);
      payload_ = message_;
    }
    taken_ += size;
    if (taken_ < length_) return Event::more;
    if (const Event event = finish_frame(); event != Event::more) return event;
  }
}

/// True when the head is all there. Otherwise `code_` is set if it is not to be accepted.
bool FrameReader::read_head(std::span<char> bytes, std::size_t& used) {
  const auto fill = [&](std::size_t size) {
    while (head_size_ < size && used < bytes.size()) head_[head_size_++] = static_cast<unsigned char>(bytes[used++]);
    return head_size_ >= size;
  };
  if (head_size_ < 2) {
    if (!fill(2)) return false;
    code_ = check_first_bytes();
    if (code_ != 0) return false;
  }
  const unsigned length = head_[1] & 0x7fU;
  const std::size_t size = 2 + 4 + (length == 126 ? 2U : length == 127 ? 8U : 0U);
  if (!fill(size)) return false;
  code_ = check_length(size);
  if (code_ != 0) return false;
  std::copy_n(head_.begin() + static_cast<std::ptrdiff_t>(size) - 4, 4, mask_.begin());
  in_payload_ = true;
  head_size_ = 0;
  taken_ = 0;
  return true;
}

/// The code to fail with, or 0.
std::uint16_t FrameReader::check_first_bytes() noexcept {
  const unsigned opcode = head_[0] & 0x0fU;
  if ((head_[0] & 0x70U) != 0) return close_code::protocol_error;  // no extension was agreed on
  if ((head_[1] & 0x80U) == 0) return close_code::protocol_error;  // clients must mask
  if ((opcode > 2 && opcode < 8) || opcode > 10) return close_code::protocol_error;
  final_ = (head_[0] & 0x80U) != 0;
  opcode_ = static_cast<Opcode>(opcode);
  if (is_control(opcode_)) return final_ && (head_[1] & 0x7fU) <= most_in_control ? 0 : close_code::protocol_error;
  if ((opcode_ == Opcode::continuation) != (kind_ != Opcode::continuation)) return close_code::protocol_error;
  if (opcode_ != Opcode::continuation) {
    frames_ = 0;
    kind_ = opcode_;
  }
  return ++frames_ > max_frames_ ? close_code::policy : std::uint16_t{0};
}

std::uint16_t FrameReader::check_length(std::size_t head_size) noexcept {
  length_ = head_[1] & 0x7fU;
  if (length_ >= 126) {
    const std::uint64_t least = length_ == 126 ? 126 : 0x10000;
    length_ = 0;
    for (std::size_t i = 2; i < head_size - 4; ++i) length_ = length_ << 8 | head_[i];
    if (length_ < least || length_ >> 63 != 0) return close_code::protocol_error;  // not in the shortest form
  }
  if (is_control(opcode_)) return 0;
  const bool fits = message_.size() <= max_message_bytes_ && length_ <= max_message_bytes_ - message_.size();
  return fits ? std::uint16_t{0} : close_code::too_big;
}

FrameReader::Event FrameReader::finish_frame() {
  in_payload_ = false;
  if (!is_control(opcode_)) return final_ ? finish_message(std::exchange(kind_, Opcode::continuation)) : Event::more;
  payload_ = {control_.data(), static_cast<std::size_t>(length_)};
  if (opcode_ == Opcode::close) return finish_close();
  return opcode_ == Opcode::ping ? Event::ping : Event::pong;
}

FrameReader::Event FrameReader::finish_message(Opcode kind) {
  delivered_ = true;
  if (kind == Opcode::binary) return Event::binary;
  return is_utf8(payload_) ? Event::text : fail(close_code::invalid_text);
}

FrameReader::Event FrameReader::finish_close() {
  code_ = close_code::none;
  if (payload_.empty()) return Event::close;
  if (payload_.size() == 1) return fail(close_code::protocol_error);
  code_ = static_cast<std::uint16_t>(static_cast<unsigned char>(payload_[0]) << 8 |
                                     static_cast<unsigned char>(payload_[1]));
  payload_.remove_prefix(2);
  if (!is_close_code(code_)) return fail(close_code::protocol_error);
  return is_utf8(payload_) ? Event::close : fail(close_code::invalid_text);
}

}  // namespace tiketi::http
