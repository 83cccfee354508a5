#include "core/waiting_room/line.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace tiketi::waiting_room {

namespace {

constexpr std::size_t word_bits = 64;
constexpr std::size_t block_words = 8;
constexpr std::size_t min_index_size = 64;
/// Below that it does not matter how many slots nobody stands in.
constexpr std::size_t min_sparse = 65'536;

std::size_t lowest_bit(std::size_t number) { return number & (~number + 1); }

std::uint64_t mixed(std::uint64_t x) {  // splitmix64's finaliser
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
  return x ^ x >> 31;
}

}  // namespace

void PrefixSums::push_back_zero() {
  const std::size_t number = tree_.size() + 1;
  tree_.push_back(sum_before(number - 1) - sum_before(number - lowest_bit(number)));
}

void PrefixSums::add(std::size_t index, std::uint32_t change) {
  for (std::size_t number = index + 1; number <= tree_.size(); number += lowest_bit(number))
    tree_[number - 1] += change;
}

std::uint32_t PrefixSums::sum_before(std::size_t index) const {
  std::uint32_t sum = 0;
  for (std::size_t number = index; number > 0; number -= lowest_bit(number)) sum += tree_[number - 1];
  return sum;
}

std::size_t WaitingLine::home(UserId user) const noexcept {
  return static_cast<std::size_t>(mixed(mixed(user.uuid.high ^ hash_key_) + user.uuid.low)) & (index_.size() - 1);
}

bool WaitingLine::is_there(Slot slot) const {
  if (slot < first_) return false;
  const std::size_t offset = slot - first_;
  return (chunks_[offset / chunk_slots].bits[offset % chunk_slots / word_bits] >> offset % word_bits & 1) != 0;
}

std::optional<WaitingLine::Slot> WaitingLine::find(UserId user) const {
  if (index_.empty()) return std::nullopt;
  for (std::size_t at = home(user); index_[at] != no_slot; at = (at + 1) & (index_.size() - 1)) {
    const Slot slot = index_[at];
    const std::size_t offset = slot - first_;
    if (is_there(slot) && chunks_[offset / chunk_slots].users[offset % chunk_slots] == user) return slot;
  }
  return std::nullopt;
}

std::int64_t WaitingLine::position(UserId user) const {
  const auto slot = find(user);
  if (!slot) return 0;
  const std::size_t offset = *slot - first_;
  const auto& bits = chunks_[offset / chunk_slots].bits;
  const std::size_t word = offset % chunk_slots / word_bits;
  std::int64_t before = counts_.sum_before(offset / block_slots);
  for (std::size_t each = word - word % block_words; each < word; ++each) before += std::popcount(bits[each]);
  const std::uint64_t earlier = (std::uint64_t{1} << offset % word_bits) - 1;
  return before + std::popcount(bits[word] & earlier) + 1;
}

void WaitingLine::push_back(UserId user, Timestamp since) {
  if (next_ == no_slot) make_anew();
  const std::size_t offset = next_ - first_;
  if (offset == chunks_.size() * chunk_slots) add_chunk();
  Chunk& chunk = chunks_.back();
  if (chunk.users.empty()) chunk.first_since = since;
  const std::int64_t later_ms = since.ms - chunk.first_since.ms;
  chunk.users.push_back(user);
  chunk.since_ms.push_back(static_cast<std::uint32_t>(std::clamp<std::int64_t>(later_ms, 0, UINT32_MAX)));
  chunk.bits[offset % chunk_slots / word_bits] |= std::uint64_t{1} << offset % word_bits;
  counts_.add(offset / block_slots, 1);
  ++size_;
  index(user, next_++);
}

bool WaitingLine::erase(UserId user) {
  const auto slot = find(user);
  if (!slot) return false;
  const std::size_t offset = *slot - first_;
  chunks_[offset / chunk_slots].bits[offset % chunk_slots / word_bits] &= ~(std::uint64_t{1} << offset % word_bits);
  counts_.add(offset / block_slots, ~std::uint32_t{0});
  --size_;
  if (next_ - first_ > 2 * size_ + min_sparse) make_anew();
  else drop_empty_front();
  return true;
}

std::vector<Waiting> WaitingLine::pop_front(std::size_t count) {
  std::vector<Waiting> out;
  out.reserve(std::min(count, size_));
  for (std::size_t at = 0; out.size() < count && at < chunks_.size(); ++at) {
    Chunk& chunk = chunks_[at];
    for (std::size_t word = 0; word < chunk.bits.size() && out.size() < count; ++word) {
      std::uint64_t& bits = chunk.bits[word];
      std::uint32_t taken = 0;
      for (; bits != 0 && out.size() < count; bits &= bits - 1, ++taken)
        out.push_back(chunk.at(word * word_bits + static_cast<std::size_t>(std::countr_zero(bits))));
      if (taken != 0) counts_.add((at * chunk_slots + word * word_bits) / block_slots, ~taken + 1);
    }
  }
  size_ -= out.size();
  drop_empty_front();
  return out;
}

template <class Visit>
void WaitingLine::for_each(Visit visit) const {
  for (const Chunk& chunk : chunks_)
    for (std::size_t word = 0; word < chunk.bits.size(); ++word)
      for (std::uint64_t bits = chunk.bits[word]; bits != 0; bits &= bits - 1)
        visit(chunk, word * word_bits + static_cast<std::size_t>(std::countr_zero(bits)));
}

std::vector<UserId> WaitingLine::users() const {
  std::vector<UserId> out;
  out.reserve(size_);
  for_each([&](const Chunk& chunk, std::size_t index) { out.push_back(chunk.users[index]); });
  return out;
}

void WaitingLine::add_chunk() {
  Chunk& chunk = chunks_.emplace_back();
  if (chunks_.size() > 1)
    chunk.users.reserve(chunk_slots), chunk.since_ms.reserve(chunk_slots);  // a small room takes little
  for (std::size_t block = 0; block < chunk_slots / block_slots; ++block) counts_.push_back_zero();
}

void WaitingLine::drop_empty_front() {
  constexpr std::size_t chunk_blocks = chunk_slots / block_slots;
  std::size_t dropped = 0;
  while (next_ - first_ >= chunk_slots && counts_.sum_before((dropped + 1) * chunk_blocks) == 0) {
    chunks_.pop_front();
    first_ += chunk_slots;
    ++dropped;
  }
  if (dropped == 0) return;
  counts_.clear();
  for (std::size_t at = 0; at < chunks_.size(); ++at) {
    const auto& bits = chunks_[at].bits;
    for (std::size_t word = 0; word < bits.size(); ++word) {
      if (word % block_words == 0) counts_.push_back_zero();
      counts_.add(at * chunk_blocks + word / block_words, static_cast<std::uint32_t>(std::popcount(bits[word])));
    }
  }
}

void WaitingLine::make_anew() {
  WaitingLine fresh(hash_key_);
  for_each([&](const Chunk& chunk, std::size_t index) {
    const Waiting each = chunk.at(index);
    fresh.push_back(each.user_id, each.since);
  });
  *this = std::move(fresh);
}

void WaitingLine::index(UserId user, Slot slot) {
  if (4 * (indexed_ + 1) > 3 * index_.size()) {
    make_index();  // the slot's bit is set already
    return;
  }
  std::size_t at = home(user);
  while (index_[at] != no_slot) at = (at + 1) & (index_.size() - 1);
  index_[at] = slot;
  ++indexed_;
}

void WaitingLine::make_index() {
  index_.assign(std::max(min_index_size, std::bit_ceil(2 * size_)), no_slot);
  indexed_ = 0;
  for (std::size_t at = 0; at < chunks_.size(); ++at)
    for (std::size_t i = 0; i < chunks_[at].users.size(); ++i) {
      const Slot slot = first_ + static_cast<Slot>(at * chunk_slots + i);
      if (is_there(slot)) index(chunks_[at].users[i], slot);
    }
}

}  // namespace tiketi::waiting_room
