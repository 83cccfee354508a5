// Those who pay through the cashier, those who refund them, and the provider's part in it.

#include "acts.hpp"

#include <algorithm>

namespace tiketi::test {

namespace {

template <class T>
std::string word(const Result<T>& answer) {
  return answer.has_value() ? "done" : std::string(name(answer.error().code));
}

/// One of the newest, which is where most happens.
template <class T>
const T* pick_recent(Scene& scene, const std::vector<T>& all) {
  if (all.empty()) return nullptr;
  const std::size_t recent = std::min<std::size_t>(all.size(), scene.random.chance(800) ? 5 : 100);
  return &all[all.size() - 1 - scene.random.below(recent)];
}

template <class T>
std::optional<T> take_one(Scene& scene, std::vector<T>& from) {
  if (from.empty()) return std::nullopt;
  const auto at = from.begin() + static_cast<std::ptrdiff_t>(scene.random.below(from.size()));
  std::optional<T> out = std::move(*at);
  from.erase(at);
  return out;
}

void reserve(Scene& scene, Process& process) {
  Random& random = scene.random;
  Reserve command{random.pick(scene.events), random.pick(scene.till.payers), {}, {}, {}};
  for (const auto& [id, stock] : scene.books.stock)
    if (stock.event_id == command.event_id && random.chance(500)) command.tickets.push_back({id, 1});
  for (const auto& [id, seat] : scene.books.seats)
    if (seat.event_id == command.event_id && random.chance(100)) command.seats.push_back(id);
  command.entry_token = choose_token(scene, command.event_id, command.user_id);
  show_token(scene, command.event_id, command.user_id, command.entry_token);
  const auto answer = process.box_office.reserve(command);
  if (scene.calls.back().crashed) return;
  scene.note("payer reserves -> " + word(answer));
  if (answer.has_value()) scene.till.reservations.push_back(answer->reservation.id);
}

void check_paid(Scene& scene, const AskedPayment& asked, const Result<PaidPayment>& answer) {
  scene.note("finish " + show(asked.begun.payment.id.uuid) + " -> " + word(answer));
  if (answer.has_error()) return scene.count("pay: " + std::string(name(answer.error().code)));
  scene.count(answer->replayed ? "paid before" : "paid");
  const Payment& payment = answer->payment;
  if (payment.paid_at.ms == 0) return scene.fail("a payment is answered as made that was not");
  if (answer->replayed || payment.purpose == PaymentPurpose::points) return;
  const Reservation* reservation = scene.books.find(payment.reservation_id);
  if (reservation->payment_reference != payment.id.text())
    scene.fail("a payment is answered as made, but its reservation was never confirmed with it");
}

/// Goes on with what was begun; at any point the process may be held up.
void finish(Scene& scene, Process& process, const std::vector<AskedPayment>& asked) {
  if (scene.random.chance(80)) {
    scene.count("held up before finishing");
    scene.till.asked.insert(scene.till.asked.end(), asked.begin(), asked.end());
    return;
  }
  const auto answers = process.cashier.finish(asked);
  if (scene.calls.back().crashed) return;
  for (std::size_t i = 0; i < asked.size() && !scene.failure; ++i) check_paid(scene, asked[i], answers[i]);
}

void ask_and_finish(Scene& scene, Process& process, std::vector<BegunPayment> begun) {
  if (begun.empty()) return;
  if (scene.random.chance(80)) {
    scene.count("held up before asking");
    scene.till.begun.insert(scene.till.begun.end(), begun.begin(), begun.end());
    return;
  }
  std::vector<AskedPayment> asked = process.cashier.ask(std::move(begun));
  if (!scene.calls.back().crashed) finish(scene, process, asked);
}

/// Those that could begin.
std::vector<BegunPayment> check_begun(Scene& scene, std::vector<Result<BegunPayment>> answers) {
  std::vector<BegunPayment> begun;
  for (auto& each : answers) {
    scene.note("begin -> " + (each.has_value() ? show(each->payment.id.uuid) : word(each)));
    if (each.has_error()) scene.count("pay: " + std::string(name(each.error().code)));
    else begun.push_back(std::move(*each));
  }
  return begun;
}

void pay(Scene& scene, Process& process) {
  Random& random = scene.random;
  std::vector<Pay> commands;
  for (std::int64_t i = random.chance(700) ? 1 : random.between(2, 4); i > 0; --i) {
    const ReservationId* id = pick_recent(scene, scene.till.reservations);
    if (id == nullptr) return;
    Pay command{scene.books.find(*id)->user_id, *id, static_cast<PaymentMethod>(random.between(0, 5)), 0, {}, {}, {}};
    command.points_minor = random.between(1, 30) * 1'000;
    if (random.chance(50)) command.amount_minor = 1;
    if (random.chance(300)) command.idempotency_key = "pay-" + std::to_string(random.between(1, 30));
    commands.push_back(std::move(command));
  }
  if (random.chance(100)) commands.push_back(commands.front());  // a double click
  auto answers = process.cashier.begin(commands);
  if (!scene.calls.back().crashed) ask_and_finish(scene, process, check_begun(scene, std::move(answers)));
}

void prepare(Scene& scene, Process& process) {
  Random& random = scene.random;
  Prepare command;
  const ReservationId* id = pick_recent(scene, scene.till.reservations);
  if (id == nullptr || random.chance(250)) {
    command.user_id = random.pick(scene.till.payers);
    command.amount_minor = random.between(1, 60) * 1'000;
  } else {
    const Reservation& reservation = *scene.books.find(*id);
    command.user_id = reservation.user_id;
    command.reservation_id = *id;
    command.amount_minor = reservation.total.minor;
    if (random.chance(300)) {
      command.method = PaymentMethod::mixed;
      command.points_minor = random.between(1, 30) * 1'000;
    }
  }
  if (random.chance(300)) command.idempotency_key = "order-" + std::to_string(random.between(1, 30));
  const auto answer = process.cashier.prepare(command);
  if (scene.calls.back().crashed) return;
  scene.note("prepare -> " + word(answer));
  scene.count("prepare: " + word(answer));
  if (answer.has_value())
    scene.till.orders.push_back({{}, answer->payment.order_id, answer->payment.card_minor(), {}, {}});
}

void confirm_orders(Scene& scene, Process& process) {
  Random& random = scene.random;
  std::vector<ConfirmOrder> commands;
  for (std::int64_t i = random.chance(700) ? 1 : random.between(2, 3); i > 0; --i) {
    const ConfirmOrder* order = pick_recent(scene, scene.till.orders);
    if (order == nullptr) return;
    commands.push_back(*order);
    commands.back().payment_key = scene.till.provider.authenticate(order->order_id);
    if (commands.back().payment_key.empty()) commands.back().payment_key = "unknown";
    if (random.chance(30)) ++commands.back().amount_minor;
  }
  if (random.chance(150)) commands.push_back(commands.front());
  auto answers = process.cashier.begin_order(commands);
  if (!scene.calls.back().crashed) ask_and_finish(scene, process, check_begun(scene, std::move(answers)));
}

/// A process that was held up goes on, however late it is.
void go_on(Scene& scene, Process& process) {
  if (auto begun = take_one(scene, scene.till.begun)) {
    std::vector<AskedPayment> asked = process.cashier.ask({std::move(*begun)});
    if (!scene.calls.back().crashed) finish(scene, process, asked);
  } else if (auto asked = take_one(scene, scene.till.asked)) {
    finish(scene, process, {*asked});
  }
}

void cancel(Scene& scene, Process& process) {
  Random& random = scene.random;
  std::vector<ReservationId> ids;
  for (std::int64_t i = random.chance(700) ? 1 : random.between(2, 4); i > 0; --i)
    if (const ReservationId* id = pick_recent(scene, scene.till.reservations)) ids.push_back(*id);
  const auto reason = random.chance(500) ? RefundReason::customer : RefundReason::admin;
  const auto answers = process.cashier.cancel_reservation(ids, reason, {}, "changed plans");
  if (scene.calls.back().crashed) return;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    scene.note("payer cancels " + show(ids[i].uuid) + " -> " + word(answers[i]));
    const bool refunded = answers[i].has_value() && answers[i]->refund.has_value();
    scene.count(refunded ? "refunded" : "cancel: " + word(answers[i]));
  }
}

void refund(Scene& scene, Process& process) {
  Random& random = scene.random;
  const auto payments = process.cashier.payments_of(random.pick(scene.till.payers), {}, 20);
  if (scene.calls.back().crashed || payments.has_error() || payments->empty()) return;
  RefundPayment command{random.pick(*payments).id, {}, {}, RefundReason::admin, {}};
  if (random.chance(700)) command.amount_minor = random.between(1, 20) * 1'000;
  const auto answer = process.cashier.refund(command);
  if (scene.calls.back().crashed) return;
  scene.note("refund -> " + word(answer));
  scene.count("refund: " + word(answer));
}

void refund_event(Scene& scene, Process& process) {
  const EventId event = scene.random.pick(scene.events);
  if (!scene.programme.find(event)->cancelled || !scene.books.inventories.at(event).closed) return;
  const auto answer = process.cashier.cancel_event(event);
  if (scene.calls.back().crashed) return;
  scene.note("refund event -> " + word(answer));
  scene.count(answer.has_value() && answer->finished_at.ms > 0 ? "event refunded" : "event not refunded");
}

void give_up(Scene& scene, Process& process) {
  const ConfirmOrder* order = pick_recent(scene, scene.till.orders);
  if (order == nullptr) return;
  const auto answer = process.cashier.give_up(order->order_id, "PAY_PROCESS_CANCELED");
  if (!scene.calls.back().crashed) scene.count("give up: " + word(answer));
}

}  // namespace

void hear_webhook(Scene& scene, Process& process) {
  auto order = take_one(scene, scene.till.webhooks);
  // Providers repeat themselves.
  if (!order && !scene.till.orders.empty()) order = pick_recent(scene, scene.till.orders)->order_id;
  if (!order) return;
  const auto answer = process.cashier.look_again(*order);
  if (scene.calls.back().crashed || (answer.has_error() && answer.error().code != Errc::payment_not_found))
    scene.till.webhooks.push_back(*order);
  if (scene.calls.back().crashed) return;
  scene.note("webhook -> " + word(answer));
  scene.count("webhook: " + word(answer));
  if (answer.has_value() && answer->status == PaymentStatus::refunded && answer->paid_at.ms == 0)
    scene.count("late money");
}

void recover(Scene& scene, Process& process) {
  const std::size_t limit = scene.random.chance(300) ? 2 : 1'000;
  const auto handed = process.cancelled_events.hand_over(limit);
  if (scene.calls.back().crashed) return;
  if (handed.has_value()) scene.count("handed over", static_cast<std::int64_t>(*handed));
  const auto answer = process.cashier.recover(limit);
  if (scene.calls.back().crashed) return;
  scene.note("recover -> " + word(answer));
  if (answer.has_value()) scene.count("recovered", static_cast<std::int64_t>(*answer));
}

void provide(Scene& scene) {
  if (scene.random.chance(200)) return scene.till.provider.expire_all();
  for (std::string& order : scene.till.provider.take_webhooks()) scene.till.webhooks.push_back(std::move(order));
  scene.till.provider.deliver_late();
}

void act_of_payer(Scene& scene, Process& process) {
  const std::int64_t choice = scene.random.between(0, 999);
  if (choice < 250) return reserve(scene, process);
  if (choice < 450) return pay(scene, process);
  if (choice < 540) return prepare(scene, process);
  if (choice < 680) return confirm_orders(scene, process);
  if (choice < 740) return go_on(scene, process);
  if (choice < 800) return cancel(scene, process);
  if (choice < 830) return refund(scene, process);
  if (choice < 850) return refund_event(scene, process);
  if (choice < 865) return give_up(scene, process);
  if (choice < 900) return hear_webhook(scene, process);
  if (choice < 970) return recover(scene, process);
  if (choice < 990) return provide(scene);
  (void)process.cashier.prune();
}

}  // namespace tiketi::test
