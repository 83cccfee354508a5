#include "core/catalog/json_line.hpp"

#include <algorithm>
#include <charconv>

// Walks over text that the parser has accepted, so it need not look for errors; only where something was
// refused, so it need not be quick.

namespace tiketi::catalog {
namespace {

class JsonWalk {
 public:
  explicit JsonWalk(std::string_view text) : text_(text) { skip_space(); }

  std::size_t position() const { return at_; }

  /// Goes to the value of that member of the object here; stays if there is none.
  bool enter_member(std::string_view name) {
    if (peek() != '{') return false;
    const std::size_t start = at_;
    for (take(); peek() == '"'; skip_comma()) {
      const std::string_view key = take_string();
      take();  // the colon
      if (key == name) return true;
      skip_value();
    }
    at_ = start;
    return false;
  }

  /// Goes to that item of the array here; stays if there is none.
  bool enter_item(std::size_t index) {
    if (peek() != '[') return false;
    const std::size_t start = at_;
    for (take(); peek() != ']' && peek() != '\0'; skip_comma()) {
      if (index-- == 0) return true;
      skip_value();
    }
    at_ = start;
    return false;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void take() {
    ++at_;
    skip_space();
  }
  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
  void skip_comma() {
    if (peek() == ',') take();
  }

  std::string_view take_string() {
    const std::size_t start = ++at_;
    while (peek() != '"' && at_ < text_.size()) at_ += peek() == '\\' ? 2 : 1;
    const std::string_view inside = text_.substr(start, at_ - start);
    take();
    return inside;
  }

  void skip_value() {
    int depth = 0;
    do {
      const char c = peek();
      if (c == '"') {
        take_string();
      } else if (c == '{' || c == '[') {
        ++depth;
        take();
      } else if (c == '}' || c == ']') {
        --depth;
        take();
      } else if (c == ',' || c == ':') {
        take();
      } else {
        at_ = std::min(text_.find_first_of(",:]} \t\r\n", at_), text_.size());
        skip_space();
      }
    } while (depth > 0 && at_ < text_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// Takes the next `.name` or `[index]` off the path and follows it.
bool follow(JsonWalk& walk, std::string_view& path) {
  if (path.starts_with('[')) {
    std::size_t index = 0;
    std::from_chars(path.data() + 1, path.data() + path.size(), index);
    path.remove_prefix(std::min(path.find(']'), path.size() - 1) + 1);
    return walk.enter_item(index);
  }
  if (path.starts_with('.')) path.remove_prefix(1);
  const std::string_view name = path.substr(0, path.find_first_of(".["));
  path.remove_prefix(name.size());
  return walk.enter_member(name);
}

}  // namespace

std::size_t line_in_json(std::string_view text, std::string_view path) {
  JsonWalk walk(text);
  while (!path.empty() && follow(walk, path)) {
  }
  const std::string_view before = text.substr(0, walk.position());
  return static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
}

}  // namespace tiketi::catalog
