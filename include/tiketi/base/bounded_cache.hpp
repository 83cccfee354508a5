#pragma once
// A cache of bounded size: what was not asked for lately is forgotten.

#include <array>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace tiketi {

/// Thread-safe. Holds at most `capacity` entries (rounded up to a multiple of 32). What is found again while the cache
/// fills half of itself stays; the rest goes, without a list to keep in order: new entries go to a young half, and when
/// that is full it becomes the old one, in the place of the old one before it.
template <class Key, class Value, class Hash = std::hash<Key>>
class BoundedCache {
 public:
  explicit BoundedCache(std::size_t capacity) : half_((capacity + 2 * shard_count - 1) / (2 * shard_count)) {}

  std::optional<Value> find(const Key& key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    if (const auto young = shard.young.find(key); young != shard.young.end()) return young->second;
    const auto old = shard.old.find(key);
    if (old == shard.old.end()) return std::nullopt;
    std::optional<Value> out(old->second);
    auto entry = shard.old.extract(old);
    make_room(shard);
    shard.young.insert(std::move(entry));
    return out;
  }

  void put(const Key& key, Value value) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    shard.old.erase(key);
    if (const auto young = shard.young.find(key); young != shard.young.end()) {
      young->second = std::move(value);
      return;
    }
    make_room(shard);
    shard.young.emplace(key, std::move(value));
  }

  void erase(const Key& key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    shard.young.erase(key);
    shard.old.erase(key);
  }

  /// Looks at all entries: for what happens seldom.
  template <class Predicate>
  void erase_if(Predicate predicate) {
    const auto matches = [&](const auto& entry) { return predicate(entry.first, entry.second); };
    for (Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      std::erase_if(shard.young, matches);
      std::erase_if(shard.old, matches);
    }
  }

  std::size_t size() {
    std::size_t out = 0;
    for (Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      out += shard.young.size() + shard.old.size();
    }
    return out;
  }

 private:
  using Half = std::unordered_map<Key, Value, Hash>;
  struct alignas(64) Shard {  // a cache line of its own
    std::mutex mutex;
    Half young;
    Half old;
  };

  Shard& shard_of(const Key& key) {
    // The maps use the low bits, so the shards are told apart by high ones.
    return shards_[Hash{}(key) >> (8 * sizeof(std::size_t) - 4)];
  }

  void make_room(Shard& shard) {
    if (shard.young.size() < half_) return;
    shard.old = std::move(shard.young);
    shard.young = Half();
  }

  static constexpr std::size_t shard_count = 16;
  std::size_t half_;
  std::array<Shard, shard_count> shards_;
};

}  // namespace tiketi
