#include "acts.hpp"

#include <algorithm>

namespace tiketi::test {

namespace {

/// The instants at which something ends or begins.
std::vector<Timestamp> boundaries(const Scene& scene) {
  std::vector<Timestamp> out;
  for (const auto& [id, history] : scene.books.reservations)
    if (history.back().reservation.status == ReservationStatus::pending)
      out.push_back(history.back().reservation.expires_at);
  return out;
}

}  // namespace

void step_clock(Scene& scene) {
  Random& random = scene.random;
  const Timestamp now = scene.clock_now();
  const std::int64_t kind = random.between(0, 999);
  if (kind < 550) return scene.set_clock(now.plus_ms(random.between(0, 20'000)));
  if (kind < 820) {
    // Exactly when a hold ends, or a millisecond beside it.
    const auto instants = boundaries(scene);
    if (instants.empty()) return scene.set_clock(now.plus_ms(1));
    return scene.set_clock(random.pick(instants).plus_ms(random.between(-1, 1)));
  }
  if (kind < 900) return scene.set_clock(now.plus_ms(random.between(200, 700) * second_ms));
  if (kind < 980) return scene.set_clock(now.plus_ms(-random.between(1, 400'000)));
  if (kind < 990) return scene.set_clock(now.plus_ms(day_ms + random.between(-1, 1)));
  const Event& event = *scene.programme.find(random.pick(scene.events));
  const Timestamp edge = random.chance(500) ? event.sale_start : event.sale_end;
  scene.set_clock(edge.plus_ms(random.between(-1, 1)));
}

void act(Scene& scene, Process& process, EventBus& bus) {
  if (!scene.rooms.events.empty() && scene.random.chance(300)) return act_of_visitor(scene, process);
  if (scene.random.chance(350)) return act_of_payer(scene, process);
  const std::int64_t choice = scene.random.between(0, 999);
  if (choice < 340) return reserve_some(scene, process);
  if (choice < 420) return reserve_best(scene, process);
  if (choice < 480) return ask_again(scene, process);
  if (choice < 610) return confirm_some(scene, process);
  if (choice < 710) return cancel_some(scene, process);
  if (choice < 770) return extend_some(scene, process);
  if (choice < 820) return sweep(scene, process);
  if (choice < 880) return relay(scene, process, bus);
  if (choice < 885) return prune(scene, process);
  if (choice < 930) return read_something(scene, process);
  if (choice < 960) return read_programme(scene, process);
  if (choice < 985) return update_event(scene, process);
  if (choice < 988) return cancel_event(scene, process);
  if (choice < 991 && scene.events.size() < 4) return create_event(scene, process);
}

}  // namespace tiketi::test
