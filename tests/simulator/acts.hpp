#pragma once
// What the people of a simulation do: each act is one call of a service, and the check of its answer.

#include "scene.hpp"
#include "stage.hpp"

namespace tiketi::test {

// Customers.
void reserve_some(Scene& scene, Process& process);
void reserve_best(Scene& scene, Process& process);
void ask_again(Scene& scene, Process& process);  ///< repeats requests whose outcome is unknown

// Who holds a reservation, and who takes the payments.
void confirm_some(Scene& scene, Process& process);
void cancel_some(Scene& scene, Process& process);
void extend_some(Scene& scene, Process& process);

// The house.
void sweep(Scene& scene, Process& process);
void relay(Scene& scene, Process& process, EventBus& bus);
void prune(Scene& scene, Process& process);
void read_something(Scene& scene, Process& process);

// Those who pay through the cashier.
void act_of_payer(Scene& scene, Process& process);
void hear_webhook(Scene& scene, Process& process);
void recover(Scene& scene, Process& process);
void provide(Scene& scene);  ///< something happens at the provider

// Those who stand in line before a sale, and those who run it.
void act_of_visitor(Scene& scene, Process& process);
void set_room(Scene& scene, Process& process, EventId event, const RoomSettingsPatch& patch);
void take_turn(Scene& scene, Process& process);
/// Checks that somebody has left as he was told.
void check_left(Scene& scene, const Leave& command);
/// An entry token as a customer may show it: mostly the right one.
std::string choose_token(Scene& scene, EventId event, UserId user);
/// Notes that a customer shows a token to the box office.
void show_token(Scene& scene, EventId event, UserId user, const std::string& token);

// Who puts on the events.
void create_event(Scene& scene, Process& process);
void update_event(Scene& scene, Process& process);
void cancel_event(Scene& scene, Process& process);
void read_programme(Scene& scene, Process& process);

/// Time passes, jumps, or goes back.
void step_clock(Scene& scene);

/// Whatever the dice say.
void act(Scene& scene, Process& process, EventBus& bus);

/// Checks that every change that the current call made was told of, or may have been lost on the way.
/// `told`: reservations in answers of success; `unknown`: whether an answer left it open.
void check_effects(Scene& scene, const std::set<ReservationId>& told, bool unknown);

/// Checks a reservation that was answered, and remembers that it was.
void acknowledge(Scene& scene, const Reservation& reservation);

}  // namespace tiketi::test
