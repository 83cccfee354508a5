#include "load/stats.hpp"

namespace tiketi::load {
namespace {

constexpr std::size_t most_notes = 5;

}  // namespace

void KindStats::add(const KindStats& other) {
  done += other.done;
  refused += other.refused;
  wrong += other.wrong;
  done_in_time += other.done_in_time;
  answers_in_time += other.answers_in_time;
  bytes += other.bytes;
  latencies_ns.add(other.latencies_ns);
}

std::int64_t Stats::answers() const {
  std::int64_t out = 0;
  for (const KindStats& each : kinds) out += each.answers();
  return out;
}

std::int64_t Stats::wrong() const {
  std::int64_t out = 0;
  for (const KindStats& each : kinds) out += each.wrong;
  return out;
}

void Stats::count(std::size_t kind, std::uint64_t latency_ns, bool in_time, const Response& response,
                  const Verdict& verdict) {
  KindStats& counted = kinds[kind];
  switch (verdict.judgement) {
    case Judgement::done:
      ++counted.done;
      break;
    case Judgement::refused:
      ++counted.refused;
      ++refusals[verdict.why];
      break;
    case Judgement::wrong:
      ++counted.wrong;
      note(verdict.why);
      break;
  }
  if (in_time) {
    ++counted.answers_in_time;
    counted.done_in_time += verdict.judgement == Judgement::done ? 1 : 0;
  }
  counted.bytes += static_cast<std::int64_t>(response.body.size());
  counted.latencies_ns.add(latency_ns);
  ++statuses[response.status];
}

void Stats::note(const std::string& wrong) {
  if (wrongs.size() < most_notes) wrongs.push_back(wrong);
}

void Stats::add(const Stats& other) {
  for (std::size_t i = 0; i < kinds.size(); ++i) kinds[i].add(other.kinds[i]);
  for (const auto& [status, count] : other.statuses) statuses[status] += count;
  for (const auto& [code, count] : other.refusals) refusals[code] += count;
  for (const std::string& each : other.wrongs) note(each);
  failures += other.failures;
  reconnects += other.reconnects;
}

}  // namespace tiketi::load
