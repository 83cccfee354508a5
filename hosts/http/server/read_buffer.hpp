#pragma once
// Bytes that were read and not yet used. Small while a connection is idle, larger as there is need.

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace tiketi::http {

class ReadBuffer {
 public:
  static constexpr std::size_t smallest = 2 * 1024;

  bool empty() const noexcept { return begin_ == end_; }
  std::string_view view() const noexcept { return {data_.get() + begin_, end_ - begin_}; }

  void used(std::size_t size) noexcept {
    begin_ += size;
    if (begin_ == end_) begin_ = end_ = 0;
  }

  /// Room for at least a byte, if the buffer may have `most` bytes; empty if it is full. Twice the size when what was
  /// there did not do.
  std::span<char> room(std::size_t most) {
    if (empty() && capacity_ > smallest && most <= smallest) data_.reset(), capacity_ = 0;
    if (capacity_ == 0) resize(smallest);
    if (end_ == capacity_ && begin_ > 0) {
      std::memmove(data_.get(), data_.get() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (capacity_ - end_ < capacity_ / 4 && capacity_ < most) resize(std::min(most, capacity_ * 2));
    return {data_.get() + end_, capacity_ - end_};
  }
  /// Gives the room back if nothing is in it.
  void shrink() noexcept {
    if (empty()) data_.reset(), capacity_ = 0;
  }
  void filled(std::size_t size) noexcept { end_ += size; }

 private:
  void resize(std::size_t capacity) {
    std::unique_ptr<char[]> larger(new char[capacity]);
    if (!empty()) std::memcpy(larger.get(), data_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    data_ = std::move(larger);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace tiketi::http
