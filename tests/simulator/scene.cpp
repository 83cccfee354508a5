#include "scene.hpp"

#include <cstdio>

namespace tiketi::test {

namespace {

constexpr std::size_t kept_lines = 60;

}  // namespace

Weather make_weather(Random& random) {
  Weather weather;
  const std::int64_t kind = random.between(0, 9);
  if (kind < 2) return weather;
  weather.interleave = random.between(0, 150);
  weather.clock_step = random.chance(500) ? random.between(0, 40) : 0;
  if (kind < 4) return weather;
  const auto perhaps = [&random](std::int64_t most) { return random.chance(600) ? random.between(1, most) : 0; };
  weather.crash = perhaps(15);
  weather.unavailable = perhaps(40);
  weather.lost_request = perhaps(150);
  weather.lost_answer = perhaps(150);
  weather.bus_failure = perhaps(400);
  return weather;
}

void Scene::note(const std::string& line) {
  for (const char c : line) trace_hash = (trace_hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  std::string full = std::to_string(step) + std::string(2 * calls.size() + 1, ' ') + line;
  if (verbose) std::printf("%s\n", full.c_str());
  last_lines.push_back(std::move(full));
  if (last_lines.size() > kept_lines) last_lines.pop_front();
}

void Scene::fail(const std::string& what) {
  note("FAILED: " + what);
  if (!failure) failure = what;
}

void Scene::set_clock(Timestamp time) {
  note("clock " + std::to_string(time.ms - clock.now().ms) + " ms to " + std::to_string(time.ms));
  clock.set(time);
  if (time < now_) rooms.clock_went_back = true;
  now_ = time;
  for (Call& call : calls) {
    call.times.push_back(time);
    call.disturbed = true;
  }
}

}  // namespace tiketi::test
