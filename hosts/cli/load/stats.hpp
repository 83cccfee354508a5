#pragma once
// What was counted while the connections asked.

#include "load/histogram.hpp"
#include "load/scenario.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tiketi::load {

/// The answers to one kind of request.
struct KindStats {
  std::int64_t done = 0;
  std::int64_t refused = 0;
  std::int64_t wrong = 0;
  // Of them, those that came before the time was over: they make the rates.
  std::int64_t done_in_time = 0;
  std::int64_t answers_in_time = 0;
  std::int64_t bytes = 0;  ///< of bodies, as they came
  Histogram latencies_ns;  ///< from sending the first byte to having the whole answer

  std::int64_t answers() const { return done + refused + wrong; }
  void add(const KindStats& other);
};

struct Stats {
  std::vector<KindStats> kinds;
  std::map<unsigned, std::int64_t> statuses;
  std::map<std::string, std::int64_t> refusals;  ///< by code word
  std::vector<std::string> wrongs;               ///< some sentences
  std::int64_t failures = 0;                     ///< requests without an answer: the connection broke, or time was out
  std::int64_t reconnects = 0;

  explicit Stats(std::size_t kind_count) : kinds(kind_count) {}

  std::int64_t answers() const;
  std::int64_t wrong() const;
  void count(std::size_t kind, std::uint64_t latency_ns, bool in_time, const Response& response,
             const Verdict& verdict);
  void note(const std::string& wrong);
  void add(const Stats& other);
};

}  // namespace tiketi::load
