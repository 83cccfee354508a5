// What a customer is told when the connection to the storage breaks in the worst moment.

#include "hall.hpp"
#include "simulator/faulty_stores.hpp"

#include <deque>
#include <functional>

namespace tiketi::test {
namespace {

/// Fails calls as it was told to, in the order in which they come.
class Script final : public PortWatch {
 public:
  Fate fate(int, std::string_view call, bool) override {
    if (call == "commit" && before_commit) std::exchange(before_commit, nullptr)();
    if (next.empty() || next.front().first != call) return Fate::pass;
    const Fate fate = next.front().second;
    next.pop_front();
    return fate;
  }
  void committed(std::span<const Change>, const Result<std::vector<Outcome>>&) override {}
  void loaded(const NewInventory&, const Result<void>&) override {}
  void closed(EventId, const Result<void>&) override {}
  void pruned(Timestamp, std::size_t, const Result<std::size_t>&) override {}
  void catalog_committed(std::span<const CatalogChange>, const Result<std::vector<Result<void>>>&) override {}

  void rooms_committed(int, std::span<const RoomAppend>, const Result<std::vector<AppendOutcome>>&) override {}
  void room_read(int, EventId, std::int64_t, std::int64_t) override {}
  void room_known(int, EventId, std::int64_t) override {}

  std::deque<std::pair<std::string_view, Fate>> next;
  std::function<void()> before_commit;  ///< what somebody else does just before the next commit
};

struct BrokenLine {
  Hall hall;
  Script script;
  FaultyBoxOfficeStore store{hall.stores->box_office(), {script, 0}};
  BoxOffice office{store, hall.directory, hall.clock, hall.ids};
};

TEST(BoxOfficeOutcome, BO6_ALostAnswerIsFoundOutWithoutAKey) {
  for (const Fate fate : {Fate::lost_answer, Fate::lost_request}) {
    BrokenLine line;
    line.script.next = {{"commit", fate}};
    const Reserved reserved = line.office.reserve(line.hall.want_tickets("Standing", 2)).value();
    EXPECT_FALSE(reserved.replayed);
    EXPECT_EQ(line.hall.stock("Standing").held, 2) << "held once";
    EXPECT_EQ(line.hall.office.reservations_of(line.hall.customer)->size(), 1U);
  }
}

TEST(BoxOfficeOutcome, BO6_WhatStaysUnknownIsToldSoAndTheKeyFindsIt) {
  for (const Fate fate : {Fate::lost_answer, Fate::lost_request}) {
    BrokenLine line;
    Reserve command = line.hall.want({"A-1-1"});
    command.idempotency_key = "k";
    line.script.next.assign(3, {"commit", fate});
    EXPECT_EQ(code_of(line.office.reserve(command)), Errc::outcome_unknown);
    const Reserved reserved = line.office.reserve(command).value();
    EXPECT_EQ(reserved.replayed, fate == Fate::lost_answer);
    EXPECT_EQ(line.hall.office.reservations_of(line.hall.customer)->size(), 1U);
  }
}

TEST(BoxOfficeOutcome, AnUnknownCommitStaysUnknownWhateverComesAfter) {
  BrokenLine line;
  line.script.next = {{"commit", Fate::lost_answer}, {"commit", Fate::unavailable}, {"commit", Fate::unavailable}};
  EXPECT_EQ(code_of(line.office.reserve(line.hall.want({"A-1-1"}))), Errc::outcome_unknown);
  EXPECT_EQ(line.hall.status("A-1-1"), PlaceStatus::held);
}

TEST(BoxOfficeOutcome, ALostAnswerToAChangeIsFoundOut) {
  BrokenLine line;
  const Reservation held = line.hall.hold(line.hall.want({"A-1-1"}));
  line.script.next = {{"commit", Fate::lost_answer}};
  EXPECT_EQ(line.office.extend({held.id, 400'000, {}})->expires_at, held.created_at.plus_ms(400'000));
  line.script.next = {{"commit", Fate::lost_answer}};
  EXPECT_EQ(line.office.confirm({held.id, "pay", {}})->status, ReservationStatus::confirmed);
  line.script.next = {{"commit", Fate::lost_answer}};
  EXPECT_EQ(line.office.cancel({held.id, {}})->status, ReservationStatus::cancelled);
  EXPECT_EQ(line.hall.office.reservation(held.id)->version, 4) << "each was done once";
}

/// The first commit may have confirmed it: to say "unavailable" would be to say that nothing happened.
TEST(BoxOfficeOutcome, AChangeThatCanNotBeReadAgainIsUnknown) {
  BrokenLine line;
  const Reservation held = line.hall.hold(line.hall.want({"A-1-1"}));
  line.script.next = {{"reservations", Fate::pass}, {"commit", Fate::lost_answer}, {"reservations", Fate::unavailable}};
  EXPECT_EQ(code_of(line.office.confirm({held.id, "pay", {}})), Errc::outcome_unknown);
  EXPECT_EQ(line.office.confirm({held.id, "pay", {}})->status, ReservationStatus::confirmed);
}

TEST(BoxOfficeOutcome, UnavailableMeansThatNothingHappened) {
  BrokenLine line;
  for (const char* call : {"ask", "commit"}) {
    line.script.next = {{call, Fate::unavailable}};
    EXPECT_EQ(code_of(line.office.reserve(line.hall.want({"A-1-1"}))), Errc::unavailable) << call;
    EXPECT_EQ(line.hall.status("A-1-1"), PlaceStatus::available) << call;
  }
  const Reservation held = line.hall.hold(line.hall.want({"A-1-1"}));
  for (const char* call : {"reservations", "commit"}) {
    line.script.next = {{call, Fate::unavailable}};
    EXPECT_EQ(code_of(line.office.confirm({held.id, "pay", {}})), Errc::unavailable) << call;
    EXPECT_EQ(line.hall.office.reservation(held.id).value(), held) << call;
  }
}

TEST(BoxOfficeOutcome, BO3_SomebodyWhoIsQuickerGetsTheSeat) {
  BrokenLine line;
  line.script.before_commit = [&line] { line.hall.hold(line.hall.want({"A-1-1"}, line.hall.other)); };
  const Error error = error_of(line.office.reserve(line.hall.want({"A-1-1", "A-1-2"})));
  EXPECT_EQ(error.code, Errc::seat_taken);
  EXPECT_EQ(details_of(error, "label"), std::vector<std::string>{"A-1-1"});
  EXPECT_EQ(line.hall.status("A-1-2"), PlaceStatus::available);
}

TEST(BoxOfficeOutcome, Fault_OneHoldThatIsInTheWayDoesNotBlockTheSweep) {
  BrokenLine line;
  const Reservation first = line.hall.hold(line.hall.want({"A-1-1"}));
  line.hall.hold(line.hall.want({"A-1-2"}));
  line.hall.hold(line.hall.want_tickets("Standing", 1));
  line.hall.clock.advance(hour_ms / 2);
  line.script.before_commit = [&line] { line.hall.office.sweep(1).value(); };
  EXPECT_EQ(line.office.sweep().value(), 2U);
  EXPECT_EQ(line.hall.office.reservation(first.id)->status, ReservationStatus::expired);
  EXPECT_EQ(line.hall.status("A-1-2"), PlaceStatus::available);
  EXPECT_EQ(line.hall.stock("Standing").available(), 10);
}

TEST(BoxOfficeOutcome, ST3_MessagesWhoseRemovalIsUnknownAreToldAgain) {
  BrokenLine line;
  line.hall.hold(line.hall.want({"A-1-1"}));
  const auto bus = memory::make_event_bus();
  int told = 0;
  const auto listening = bus->subscribe("reservation.", [&told](const Message&) { ++told; });
  line.script.next = {{"remove_from_outbox", Fate::lost_request}};
  EXPECT_EQ(code_of(line.office.relay(*bus)), Errc::outcome_unknown);
  EXPECT_EQ(line.office.relay(*bus).value(), 1U);
  EXPECT_EQ(told, 2);
  EXPECT_EQ(line.office.relay(*bus).value(), 0U);
}

}  // namespace
}  // namespace tiketi::test
