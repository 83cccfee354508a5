#pragma once
// Messages that wait until the client takes them: shared bytes, each behind a small head of its own. No I/O.

#include "server/payload.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace tiketi::http {

/// One message.
struct Chunk {
  std::array<char, 10> head{};
  std::uint8_t head_size = 0;
  Payload payload;

  std::size_t size() const noexcept { return head_size + payload->size(); }
};

/// Takes no memory while it is empty, as nearly all of them are nearly always.
class SendQueue {
 public:
  /// As many buffers as the system takes at a time.
  static constexpr std::size_t most_buffers = 64;
  using Buffers = std::array<boost::asio::const_buffer, most_buffers>;

  bool empty() const noexcept { return first_ == chunks_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }  ///< still to be sent
  std::size_t messages() const noexcept { return chunks_.size() - first_; }

  /// Of which so many bytes are sent already.
  void add(Chunk chunk, std::size_t sent = 0) {
    bytes_ += chunk.size() - sent;
    if (empty()) offset_ = sent;
    chunks_.push_back(std::move(chunk));
  }

  /// Fills in what is to be sent next; how many buffers that are. They hold until the next change.
  std::size_t gather(std::span<boost::asio::const_buffer> into) const noexcept {
    std::size_t count = 0;
    std::size_t skip = offset_;
    const auto put = [&](const char* bytes, std::size_t size) {
      const std::size_t skipped = std::min(skip, size);
      skip -= skipped;
      if (size > skipped) into[count++] = {bytes + skipped, size - skipped};
    };
    for (std::size_t i = first_; i < chunks_.size() && count + 2 <= into.size(); ++i) {
      put(chunks_[i].head.data(), chunks_[i].head_size);
      put(chunks_[i].payload->data(), chunks_[i].payload->size());
    }
    return count;
  }

  /// So many bytes have gone.
  void sent(std::size_t size) {
    bytes_ -= size;
    offset_ += size;
    while (!empty() && offset_ >= chunks_[first_].size()) {
      offset_ -= chunks_[first_].size();
      chunks_[first_++].payload.reset();
    }
    if (empty()) {
      chunks_ = {};
      first_ = offset_ = 0;
    } else if (first_ >= most_buffers && first_ * 2 >= chunks_.size()) {
      chunks_.erase(chunks_.begin(), chunks_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
  }

  /// Forgets all but a message of which a part is sent already.
  void drop_unsent() {
    const std::size_t kept = offset_ > 0 ? 1 : 0;
    if (messages() <= kept) return;
    chunks_.resize(first_ + kept);
    bytes_ = kept ? chunks_[first_].size() - offset_ : 0;
    if (empty()) sent(0);
  }

 private:
  std::vector<Chunk> chunks_;
  std::size_t first_ = 0;   // that is not sent
  std::size_t offset_ = 0;  // in it
  std::size_t bytes_ = 0;
};

}  // namespace tiketi::http
