#pragma once
// Names with values (headers, query and path parameters), in one piece of memory that is used again.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::http {

/// True if they are the same but for the case of ASCII letters.
bool same_ignoring_case(std::string_view a, std::string_view b) noexcept;

struct NameValue {
  std::string_view name;
  std::string_view value;
};

/// In the order in which they were added; a name may repeat. The views it gives hold until the next change.
class NameValues {
 public:
  void add(std::string_view name, std::string_view value) {
    entries_.push_back({text_.size(), name.size(), value.size()});
    text_.append(name).append(value);
  }
  void clear() noexcept {
    text_.clear();
    entries_.clear();
  }

  bool empty() const noexcept { return entries_.empty(); }
  std::size_t size() const noexcept { return entries_.size(); }
  NameValue operator[](std::size_t index) const noexcept {
    const Entry& entry = entries_[index];
    const std::string_view all = text_;
    return {all.substr(entry.begin, entry.name_size), all.substr(entry.begin + entry.name_size, entry.value_size)};
  }

  /// The first value of that name.
  std::optional<std::string_view> find(std::string_view name) const noexcept {
    for (std::size_t i = 0; i < size(); ++i)
      if (const NameValue each = (*this)[i]; each.name == name) return each.value;
    return std::nullopt;
  }
  std::optional<std::string_view> find_ignoring_case(std::string_view name) const noexcept {
    for (std::size_t i = 0; i < size(); ++i)
      if (const NameValue each = (*this)[i]; same_ignoring_case(each.name, name)) return each.value;
    return std::nullopt;
  }

 private:
  struct Entry {
    std::size_t begin = 0;
    std::size_t name_size = 0;
    std::size_t value_size = 0;
  };
  std::string text_;
  std::vector<Entry> entries_;
};

}  // namespace tiketi::http
