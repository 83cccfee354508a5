#pragma once
// Who waits, in order and since when: a million of them in 29 MB, each found and counted in less than a microsecond.
//
// Users stand in slots that are numbered on; a bit for each slot tells whether its user is there still. Slots lie in
// chunks, so that nothing is copied when the line grows, and the chunks at the front go when the line has moved on. A
// user's place is the number of bits before his slot: of whole blocks by a Fenwick tree, within a block by counting. A
// user's slot is found by open addressing; whoever has gone stays in that table until it is made anew.

#include <tiketi/base/id.hpp>
#include <tiketi/base/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace tiketi::waiting_room {

/// Sums of a row of numbers, kept under changes (Fenwick 1994).
class PrefixSums {
 public:
  void clear() { tree_.clear(); }
  void push_back_zero();
  void add(std::size_t index, std::uint32_t change);  // modulo 2^32, so that it also takes away
  std::uint32_t sum_before(std::size_t index) const;

 private:
  std::vector<std::uint32_t> tree_;  // tree_[i - 1] sums the numbers (i - lowest bit of i, i], counted from 1
};

struct Waiting {
  UserId user_id;
  Timestamp since;
};

/// Not thread-safe.
class WaitingLine {
 public:
  /// User ids come from outside: the key keeps others from choosing ones that collide.
  explicit WaitingLine(std::uint64_t hash_key) : hash_key_(hash_key) {}

  std::size_t size() const noexcept { return size_; }
  bool contains(UserId user) const { return find(user).has_value(); }
  /// From 1; 0 for who is not there.
  std::int64_t position(UserId user) const;

  /// Who is not there yet.
  void push_back(UserId user, Timestamp since);
  bool erase(UserId user);
  /// The first ones, at most `count`, leave and are returned.
  std::vector<Waiting> pop_front(std::size_t count);
  std::vector<UserId> users() const;

 private:
  using Slot = std::uint32_t;
  static constexpr std::size_t chunk_slots = 4'096;
  static constexpr std::size_t block_slots = 512;
  static constexpr Slot no_slot = ~Slot{0};

  struct Chunk {
    // By slot, also those who have gone.
    std::vector<UserId> users;
    std::vector<std::uint32_t> since_ms;  // after the first one's; seven weeks at most
    Timestamp first_since;
    std::array<std::uint64_t, chunk_slots / 64> bits{};

    Waiting at(std::size_t index) const { return {users[index], first_since.plus_ms(since_ms[index])}; }
  };

  std::optional<Slot> find(UserId user) const;
  std::size_t home(UserId user) const noexcept;
  bool is_there(Slot slot) const;
  void index(UserId user, Slot slot);
  void make_index();
  void add_chunk();
  template <class Visit>
  void for_each(Visit visit) const;  // (chunk, index of a slot in it) of all who are there
  void drop_empty_front();
  void make_anew();

  std::uint64_t hash_key_;
  std::size_t size_ = 0;
  Slot first_ = 0;  // of the first chunk
  Slot next_ = 0;   // the next one to be given
  std::deque<Chunk> chunks_;
  PrefixSums counts_;  // of bits, by block
  std::vector<Slot> index_;
  std::size_t indexed_ = 0;  // slots in it, also of who has gone
};

}  // namespace tiketi::waiting_room
