#include "server/router.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tiketi::http {

namespace {

/// By method; WebSockets behind them.
constexpr std::size_t web_socket_slot = method_count;
using Slots = std::array<const Route*, method_count + 1>;

}  // namespace

/// One segment of the patterns that begin alike.
struct Router::Node {
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> words;  // sorted
  std::unique_ptr<Node> parameter;
  Slots here{};
  Slots rest{};  // of `*name` below

  const Node* word(std::string_view text) const noexcept {
    const auto at = std::lower_bound(words.begin(), words.end(), text,
                                     [](const auto& each, std::string_view wanted) { return each.first < wanted; });
    return at != words.end() && at->first == text ? at->second.get() : nullptr;
  }
  Node& word_to_fill(std::string_view text) {
    const auto at = std::lower_bound(words.begin(), words.end(), text,
                                     [](const auto& each, std::string_view wanted) { return each.first < wanted; });
    if (at != words.end() && at->first == text) return *at->second;
    return *words.emplace(at, std::string(text), std::make_unique<Node>())->second;
  }
};

namespace {

constexpr std::size_t index(Method method) noexcept { return static_cast<std::size_t>(method); }
constexpr std::uint8_t bit(Method method) noexcept { return static_cast<std::uint8_t>(1U << index(method)); }

const Route* route_for(const Slots& routes, Method method) noexcept {
  const Route* route = routes[index(method)];
  return !route && method == Method::head ? routes[index(Method::get)] : route;
}

std::uint8_t methods_of(const Slots& routes) noexcept {
  std::uint8_t out = 0;
  for (std::size_t i = 0; i < method_count; ++i)
    if (routes[i]) out = static_cast<std::uint8_t>(out | 1U << i);
  if (routes[web_socket_slot]) out |= bit(Method::get);
  return out;
}

std::logic_error malformed(std::string_view pattern, const char* why) {
  return std::logic_error("route " + std::string(pattern) + " " + why);
}

/// Looks a path up, backing out of words that lead nowhere.
template <class Node>
struct Search {
  Method method;
  std::span<const std::string_view> segments;
  Match match;

  bool exactly(const Node& node, std::size_t depth) {
    if (depth == segments.size()) {
      found_in(node.here);
      match.allowed = static_cast<std::uint8_t>(match.allowed | methods_of(node.here));
      return match.route || match.web_socket;
    }
    const std::string_view segment = segments[depth];
    if (const Node* word = node.word(segment); word && exactly(*word, depth + 1)) return true;
    if (!node.parameter || segment.empty()) return false;
    match.values.push_back(segment);
    if (exactly(*node.parameter, depth + 1)) return true;
    match.values.pop_back();
    return false;
  }

  bool with_rest(const Node& node, std::size_t depth) {
    if (depth < segments.size()) {
      const std::string_view segment = segments[depth];
      if (const Node* word = node.word(segment); word && with_rest(*word, depth + 1)) return true;
      if (node.parameter && !segment.empty()) {
        match.values.push_back(segment);
        if (with_rest(*node.parameter, depth + 1)) return true;
        match.values.pop_back();
      }
    }
    found_in(node.rest);
    if (!match.route && !match.web_socket) return false;
    match.values.push_back(rest_from(depth));
    return true;
  }

  void found_in(const Slots& routes) noexcept {
    match.route = route_for(routes, method);
    match.web_socket = method == Method::get ? routes[web_socket_slot] : nullptr;
  }

  /// From that segment to the end of the last one, which are parts of one text.
  std::string_view rest_from(std::size_t depth) const noexcept {
    if (depth == segments.size()) return {};
    const char* begin = segments[depth].data();
    return {begin, static_cast<std::size_t>(segments.back().data() + segments.back().size() - begin)};
  }
};

}  // namespace

Router::Router() : root_(std::make_unique<Node>()) {}
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

Router& Router::add(Method method, std::string_view pattern, Access access, Handler handler, RouteOptions options) {
  Route route{method, std::string(pattern), access, {}, options, {}};
  std::visit([&](auto& each) { route.handler = std::move(each); }, handler);
  return put(std::make_unique<Route>(std::move(route)), index(method));
}

Router& Router::add_web_socket(std::string_view pattern, Access access, OpenWebSocket handler) {
  return put(std::make_unique<Route>(Route{Method::get, std::string(pattern), access, std::move(handler), {}, {}}),
             web_socket_slot);
}

Router& Router::put(std::unique_ptr<Route> route, std::size_t slot) {
  const std::string_view pattern = route->pattern;
  if (!pattern.starts_with('/')) throw malformed(pattern, "does not begin with /");
  Node* node = root_.get();
  Slots* place = nullptr;
  std::string_view left = pattern.substr(1);
  while (!left.empty()) {
    if (place) throw malformed(pattern, "goes on behind *");
    const std::size_t slash = left.find('/');
    const std::string_view segment = left.substr(0, slash);
    left.remove_prefix(slash == left.npos ? left.size() : slash + 1);
    if (segment.empty() || segment == ":") throw malformed(pattern, "has an empty segment");
    if (segment.front() == ':') {
      if (!node->parameter) node->parameter = std::make_unique<Node>();
      node = node->parameter.get();
      route->parameter_names.emplace_back(segment.substr(1));
    } else if (segment.front() == '*') {
      place = &node->rest;
      route->parameter_names.emplace_back(segment.substr(1));
    } else {
      node = &node->word_to_fill(segment);
    }
  }
  if (!place) place = &node->here;
  if ((*place)[slot]) throw malformed(pattern, "is there already");
  (*place)[slot] = route.get();
  routes_.push_back(std::move(route));
  return *this;
}

Router::Group& Router::Group::add(Method method, std::string_view pattern, Access access, const Handler& handler,
                                  RouteOptions options) {
  for (const std::string& prefix : prefixes_)
    router_.add(method, prefix + std::string(pattern), access, handler, options);
  return *this;
}

Router::Group& Router::Group::add_web_socket(std::string_view pattern, Access access, const OpenWebSocket& handler) {
  for (const std::string& prefix : prefixes_) router_.add_web_socket(prefix + std::string(pattern), access, handler);
  return *this;
}

Match Router::find(Method method, std::span<const std::string_view> segments) const {
  Search<Node> search{method, segments, {}};
  if (search.exactly(*root_, 0)) return std::move(search.match);
  if (search.match.allowed == 0) search.with_rest(*root_, 0);
  if (search.match.allowed & bit(Method::get)) search.match.allowed |= bit(Method::head);
  return std::move(search.match);
}

std::vector<const Route*> Router::routes() const {
  std::vector<const Route*> out;
  out.reserve(routes_.size());
  for (const auto& each : routes_) out.push_back(each.get());
  return out;
}

}  // namespace tiketi::http
