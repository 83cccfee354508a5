// Rooms, sessions and places in queues of the clients of one thread (RT2, RT3, WR3, WR5).

#include "live/clients.hpp"

#include "open/open_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tiketi::test {
namespace {

using http::live::Audience;
using http::live::ClientId;
using http::live::Clients;
using http::live::QueueNews;
using http::live::Receiver;
using http::live::Room;
using http::live::Sessions;
using LiveMessage = http::live::Message;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Told = std::vector<std::string>;

class Notebook final : public Receiver {
 public:
  explicit Notebook(std::shared_ptr<Told> told) : told_(std::move(told)) {}
  void tell(const LiveMessage& message) override {
    told_->push_back(std::string(message.name()).append(" ").append(message.payload()));
  }

 private:
  const std::shared_ptr<Told> told_;
};

class LiveClients : public OpenTest {
 protected:
  struct Client {
    ClientId id = ClientId::none;
    std::shared_ptr<Told> told = std::make_shared<Told>();

    Told take() { return std::exchange(*told, {}); }
    std::vector<std::string> names() {
      std::vector<std::string> out;
      for (const std::string& each : take()) out.push_back(each.substr(0, each.find(' ')));
      return out;
    }
  };

  ~LiveClients() override { desks.stop(); }

  Client connect(UserId user) {
    Client out;
    out.id = clients.add(user, std::make_unique<Notebook>(out.told));
    run_tasks();
    return out;
  }
  UserId somebody() { return services->ids().next<UserId>(); }

  /// What the client is answered: `ok`, or an error's code word.
  std::string say(const Client& client, std::string_view name, std::string_view arguments) {
    std::string answer = "nothing";
    clients.hear(client.id, name, arguments,
                 [&](std::string_view error, std::string_view) { answer = error.empty() ? "ok" : error; });
    run_tasks(answer == "nothing");
    return answer;
  }
  std::string say(const Client& client, std::string_view name, EventId of) { return say(client, name, about(of)); }

  /// Asks for the queues at once, none of which is in memory, and waits for all answers.
  std::vector<std::string> join_queues(const Client& client, const std::vector<EventId>& events) {
    std::vector<std::string> answers(events.size());
    for (std::size_t i = 0; i < events.size(); ++i)
      clients.hear(client.id, "join-queue", about(events[i]),
                   [&, i](std::string_view error, std::string_view) { answers[i] = error.empty() ? "ok" : error; });
    while (std::ranges::find(answers, std::string()) != answers.end()) run_tasks(true);
    return answers;
  }

  static std::string about(EventId of) { return R"([{"eventId":")" + of.text() + "\"}]"; }

  void set(const RoomSettingsPatch& patch) { ASSERT_TRUE(services->waiting_room().set(event.id, patch)); }
  RoomStatus enter(UserId user) { return services->waiting_room().enter(Enter{event.id, user}).value(); }

  /// What the waiting room says of those in the queue room, as the host asks each second.
  QueueNews look_at_queue() {
    const std::vector<UserId> users = audience.waiting(event.id);
    const auto places = services->waiting_room().status(event.id, users).value();
    QueueNews news{.event_id = event.id, .at = clock.now(), .room = {}, .places = {}};
    news.room = services->waiting_room().status(event.id, UserId{}).value();
    for (std::size_t i = 0; i < users.size(); ++i) news.places.emplace(users[i], places[i]);
    return news;
  }
  void tell_queue() { clients.tell_queue(look_at_queue()); }
  void turn() {
    clock.advance(second_ms);
    for (const RoomTurn& each : services->waiting_room().turn().value()) {
      if (each.cleared) clients.tell_cleared(look_at_queue());
      clients.tell_admitted(each.event_id, each.admitted);
    }
  }

  telemetry::Log log{{.level = telemetry::Level::off}};
  telemetry::Metrics metrics;
  http::Desks desks{*services, log, metrics, 100};
  Audience audience{[](Room, EventId) {}};
  Sessions sessions;
  Event event = make_event();
  Event other = make_event();
  const UserId kim = somebody();
  const UserId lee = somebody();

  /// What batchers have posted to this thread; `wait`: there must be something.
  void run_tasks(bool wait = false) {
    std::unique_lock lock(mutex_);
    if (wait) posted_.wait_for(lock, std::chrono::seconds(10), [this] { return !tasks_.empty(); });
    while (!tasks_.empty()) {
      const auto task = std::move(tasks_.front());
      tasks_.pop_front();
      task(clients);
    }
  }

  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void(Clients&)>> tasks_;
  Clients clients{{desks, audience, sessions}, [this](std::function<void(Clients&)> task) {
                    const std::lock_guard lock(mutex_);
                    tasks_.push_back(std::move(task));
                    posted_.notify_one();
                  }};
};

TEST_F(LiveClients, RT2_WhoJoinsARoomIsToldWhatIsSaidThere) {
  Client one = connect(kim), two = connect(lee);
  EXPECT_EQ(say(one, "join-event", event.id), "ok");
  EXPECT_EQ(say(two, "join-seat-selection", event.id), "ok");
  clients.tell(Room::event, event.id, std::vector{LiveMessage("ticket-updated", "{}")});
  clients.tell(Room::seats, event.id,
               std::vector{LiveMessage("seat-locked", "{}"), LiveMessage("seats-changed", "{}")});
  EXPECT_THAT(one.take(), ElementsAre("ticket-updated {}"));
  EXPECT_THAT(two.take(), ElementsAre("seat-locked {}", "seats-changed {}"));
}

TEST_F(LiveClients, RT2_AClientIsInOneRoomOfAKind) {
  Client one = connect(kim);
  say(one, "join-event", event.id);
  say(one, "join-event", other.id);
  EXPECT_EQ(audience.count(Room::event, event.id), 0U);
  EXPECT_EQ(audience.count(Room::event, other.id), 1U);
  say(one, "join-event", other.id);
  EXPECT_EQ(audience.count(Room::event, other.id), 1U);
  EXPECT_EQ(say(one, "leave-event", event.id), "ok");
  EXPECT_EQ(audience.count(Room::event, other.id), 1U) << "that is not where it is";
  say(one, "leave-event", other.id);
  EXPECT_EQ(audience.count(Room::event, other.id), 0U);
}

TEST_F(LiveClients, RT2_WhoHasGoneIsInNoRoom) {
  Client one = connect(kim), two = connect(lee), three = connect(somebody());
  for (const Client& each : {one, two, three}) say(each, "join-seat-selection", event.id);
  clients.remove(one.id);
  clients.tell(Room::seats, event.id, std::vector{LiveMessage("seat-locked", "{}")});
  EXPECT_THAT(one.take(), IsEmpty());
  EXPECT_EQ(two.take().size(), 1U);
  EXPECT_EQ(three.take().size(), 1U);
  clients.remove(three.id);
  clients.remove(two.id);
  clients.remove(two.id);
  EXPECT_EQ(audience.count(Room::seats, event.id), 0U);
  EXPECT_EQ(audience.clients(), 0U);
}

TEST_F(LiveClients, RT2_WhatIsMalformedIsRefusedByFieldAndChangesNothing) {
  Client one = connect(kim);
  for (const std::string_view arguments :
       {"[]", "{}", "[1]", "[{}]", R"([{"eventId":7}])", R"([{"eventId":"x"}])", "[[", R"([null])"})
    EXPECT_EQ(say(one, "join-event", arguments), "invalid_argument") << arguments;
  EXPECT_EQ(say(one, "no-such-event", event.id), "unknown_event");
  const std::string id = event.id.text();
  for (const std::string& seats : {std::string("7"), std::string(R"(["x"])"), "[" + std::string(300, ' ') + "1]"})
    EXPECT_EQ(say(one, "seat-selection-changed", R"([{"eventId":")" + id + R"(","seats":)" + seats + "}]"),
              "invalid_argument");
  EXPECT_EQ(audience.in_rooms(Room::event), 0U);
}

TEST_F(LiveClients, RT2_OnlyWhoWaitsMayListenToTheQueue) {
  Client one = connect(kim), two = connect(lee);
  EXPECT_EQ(say(one, "join-queue", event.id), "queue_required") << "the room is off";
  set({.enabled = true, .threshold = 1});
  EXPECT_EQ(say(one, "join-queue", event.id), "queue_required");
  enter(somebody());
  ASSERT_TRUE(enter(kim).queued());
  EXPECT_EQ(say(one, "join-queue", event.id), "ok");
  EXPECT_THAT(one.take(), ElementsAre(HasSubstr(R"("queueSize":1,"currentUsers":1)")));
  EXPECT_EQ(say(two, "join-queue", event.id), "queue_required");
  EXPECT_EQ(say(two, "join-queue", EventId{Uuid{9, 9}}), "event_not_found");
  EXPECT_EQ(audience.count(Room::queue, event.id), 1U);
}

TEST_F(LiveClients, RT2_OnlyEventsThatThereAreCanBeWatched) {
  Client one = connect(kim);
  const EventId nothing{Uuid{9, 9}};
  for (const char* room : {"join-event", "join-seat-selection"}) {
    EXPECT_EQ(say(one, room, nothing), "event_not_found");
    EXPECT_EQ(say(one, room, event.id), "ok");
    EXPECT_EQ(say(one, room, event.id), "ok") << "it is known now";
    EXPECT_EQ(say(one, room, nothing), "event_not_found");
  }
  EXPECT_EQ(audience.count(Room::event, nothing) + audience.count(Room::seats, nothing), 0U);
  EXPECT_EQ(audience.count(Room::event, event.id), 1U) << "who may not go elsewhere stays";
}

TEST_F(LiveClients, RT2_WhoLeavesBeforeAnEventIsFoundDoesNotJoinIt) {
  Client one = connect(kim);
  std::string answer;
  clients.hear(one.id, "join-event", about(event.id),
               [&](std::string_view error, std::string_view) { answer = error; });
  EXPECT_EQ(say(one, "leave-event", event.id), "ok");
  while (answer.empty()) run_tasks(true);
  EXPECT_EQ(answer, "superseded");
  EXPECT_EQ(audience.count(Room::event, event.id), 0U);
}

TEST_F(LiveClients, RT2_WhoLeavesAnotherEventJoinsAllTheSame) {
  Client one = connect(kim);
  std::string answer = "nothing";
  clients.hear(one.id, "join-event", about(event.id),
               [&](std::string_view error, std::string_view) { answer = error; });
  EXPECT_EQ(say(one, "leave-event", other.id), "ok");
  while (answer == "nothing") run_tasks(true);
  EXPECT_EQ(answer, "");
  EXPECT_EQ(audience.count(Room::event, event.id), 1U);
}

TEST_F(LiveClients, RT2_APageThatJoinsTwiceInOneBurstIsInAllItsRooms) {
  Client one = connect(kim);
  int answers = 0;
  for (int twice = 0; twice < 2; ++twice)
    for (const char* room : {"join-event", "join-seat-selection", "join-queue"})
      clients.hear(one.id, room, about(event.id), [&](std::string_view, std::string_view) { ++answers; });
  while (answers < 6) run_tasks(true);
  EXPECT_EQ(audience.count(Room::event, event.id), 1U);
  EXPECT_EQ(audience.count(Room::seats, event.id), 1U);
}

TEST_F(LiveClients, RT2_OfTwoQueuesThatAreLookedUpTheLastCounts) {
  Client one = connect(kim);
  EXPECT_THAT(join_queues(one, {event.id, other.id}), ElementsAre("superseded", "queue_required"));
}

TEST_F(LiveClients, RT2_AClientHasFewQueuesLookedUpAtOnce) {
  Client one = connect(kim);
  std::vector<EventId> events;
  for (std::uint64_t i = 0; i < 5; ++i) events.push_back(EventId{Uuid{9, i}});
  EXPECT_THAT(join_queues(one, events),
              ElementsAre("superseded", "superseded", "superseded", "event_not_found", "limit_exceeded"))
      << "what is refused overtakes nothing";
  EXPECT_EQ(join_queues(one, {events[4]}), Told{"event_not_found"}) << "there is room again";
}

TEST_F(LiveClients, WR3_EachIsToldItsOwnPlaceAtMostOnceASecondAndOnlyIfItChanged) {
  set({.enabled = true, .threshold = 1});
  const UserId first = somebody();
  enter(first), enter(kim), enter(lee);
  Client one = connect(kim), two = connect(lee);
  say(one, "join-queue", event.id), say(two, "join-queue", event.id);
  EXPECT_THAT(one.take(), ElementsAre(HasSubstr(R"("position":1)")));
  EXPECT_THAT(two.take(), ElementsAre(HasSubstr(R"("position":2)")));
  clock.advance(second_ms);
  tell_queue();
  EXPECT_THAT(two.take(), IsEmpty()) << "nothing has changed";
  ASSERT_TRUE(services->waiting_room().leave({event.id, kim}));
  clients.tell_queue({.event_id = event.id,
                      .at = clock.now(),
                      .room = {},
                      .places = {{lee, services->waiting_room().status(event.id, lee).value()}}});
  EXPECT_THAT(two.take(), ElementsAre(HasSubstr(R"("position":1)")));
  enter(somebody());
  tell_queue();
  EXPECT_THAT(two.take(), IsEmpty()) << "it was told something just now";
  clock.advance(second_ms);
  tell_queue();
  EXPECT_THAT(two.take(), ElementsAre(HasSubstr(R"("queueSize":2)")));
}

TEST_F(LiveClients, WR4_OnlyTheAdmittedUserIsToldOnAllConnections) {
  set({.enabled = true, .threshold = 1});
  const UserId first = somebody();
  enter(first), enter(kim), enter(lee);
  Client one = connect(kim), again = connect(kim), two = connect(lee);
  say(one, "join-queue", event.id), say(two, "join-queue", event.id);
  one.take(), two.take();
  ASSERT_TRUE(services->waiting_room().leave({event.id, first}));
  turn();
  const std::string token = services->waiting_room().status(event.id, kim).value().entry_token;
  ASSERT_FALSE(token.empty());
  EXPECT_THAT(one.names(), ElementsAre("queue-entry-allowed"));
  EXPECT_THAT(again.take(), ElementsAre(HasSubstr(R"("userId":")" + kim.text() + "\"")));
  EXPECT_THAT(two.take(), IsEmpty());
  EXPECT_EQ(audience.waiting(event.id), std::vector{lee}) << "who is in waits no more";
  Client back = connect(kim);
  EXPECT_THAT(back.names(), ElementsAre("session-restored", "queue-entry-allowed")) << "it may have missed the news";
}

TEST_F(LiveClients, WR5_WhoWasSentAwayIsToldOnce) {
  set({.enabled = true, .threshold = 1});
  enter(lee), enter(kim);
  Client one = connect(kim), in = connect(lee);
  say(one, "join-queue", event.id), say(in, "join-queue", event.id);
  one.take(), in.take();
  ASSERT_TRUE(services->waiting_room().clear(event.id));
  clock.advance(second_ms);
  tell_queue();  // sees that he has gone, before the turn tells why
  one.take(), in.take();
  turn();
  EXPECT_THAT(one.names(), ElementsAre("queue-cleared"));
  EXPECT_THAT(in.names(), ElementsAre("queue-cleared")) << "also who was in";
  EXPECT_EQ(audience.count(Room::queue, event.id), 0U);
}

TEST_F(LiveClients, WR5_WhoHasEnteredAgainIsNotSentAway) {
  set({.enabled = true, .threshold = 1});
  enter(lee), enter(kim);
  Client one = connect(kim);
  say(one, "join-queue", event.id);
  ASSERT_TRUE(services->waiting_room().clear(event.id));
  enter(lee), enter(kim);
  say(one, "join-queue", event.id);
  one.take();
  turn();
  EXPECT_THAT(one.take(), IsEmpty());
  EXPECT_EQ(audience.count(Room::queue, event.id), 1U);
}

TEST_F(LiveClients, WR3_WhoHasLeftOtherwiseIsNotTold) {
  set({.enabled = true, .threshold = 1});
  enter(lee), enter(kim);
  Client one = connect(kim);
  say(one, "join-queue", event.id);
  one.take();
  ASSERT_TRUE(services->waiting_room().leave({event.id, kim}));
  tell_queue(), tell_queue();
  EXPECT_EQ(audience.count(Room::queue, event.id), 0U);
  clients.remove(one.id);
  Client back = connect(kim);
  EXPECT_THAT(back.take(), IsEmpty()) << "there is nothing to restore";
}

TEST_F(LiveClients, WR3_WhoIsInIsToldHowManyThereAre) {
  set({.enabled = true, .threshold = 1});
  enter(kim), enter(lee);
  Client in = connect(kim);
  EXPECT_EQ(say(in, "join-queue", event.id), "ok");
  EXPECT_THAT(in.names(), ElementsAre("queue-entry-allowed"));
  clock.advance(second_ms);
  tell_queue();
  EXPECT_THAT(in.take(), ElementsAre(testing::AllOf(HasSubstr(R"("queueSize":1,"currentUsers":1)"),
                                                    testing::Not(HasSubstr("position")))));
}

TEST_F(LiveClients, RT3_WhoComesBackIsInTheRoomsOfBefore) {
  set({.enabled = true, .threshold = 1});
  enter(somebody()), enter(kim);
  Client one = connect(kim);
  EXPECT_THAT(one.take(), IsEmpty()) << "there was nothing before";
  say(one, "join-event", event.id), say(one, "join-seat-selection", event.id), say(one, "join-queue", event.id);
  const std::string seat = other.id.text();
  EXPECT_EQ(
      say(one, "seat-selection-changed", R"([{"eventId":")" + event.id.text() + R"(","seats":[")" + seat + "\"]}]"),
      "ok");
  clients.remove(one.id);
  Client back = connect(kim);
  const std::string id = event.id.text();
  EXPECT_THAT(back.take(), ElementsAre(R"(session-restored {"eventId":")" + id + R"(","queueEventId":")" + id +
                                           R"(","seatEventId":")" + id + R"(","selectedSeats":[")" + seat + "\"]}",
                                       HasSubstr(R"("position":1)")));
  clients.tell(Room::seats, event.id, std::vector{LiveMessage("seat-locked", "{}")});
  EXPECT_EQ(back.take().size(), 1U);
}

TEST_F(LiveClients, WR3_AStreamFollowsOneQueueAndNothingElse) {
  set({.enabled = true, .threshold = 1});
  const UserId first = somebody();
  enter(first), enter(kim);
  Client stream;
  stream.id = clients.add_to_queue(kim, std::make_unique<Notebook>(stream.told), event.id, {});
  EXPECT_THAT(stream.names(), ElementsAre("position"));
  clients.tell_admitted(other.id, std::vector<Admitted>{{.user_id = kim, .entry_token = "x"}});
  EXPECT_THAT(stream.take(), IsEmpty());
  ASSERT_TRUE(services->waiting_room().leave({event.id, first}));
  turn();
  EXPECT_THAT(stream.names(), ElementsAre("queue-entry-allowed"));
  clock.advance(second_ms);
  tell_queue();
  stream.take();
  ASSERT_TRUE(services->waiting_room().leave({event.id, kim}));
  enter(lee), enter(kim);
  clock.advance(second_ms);
  tell_queue();
  EXPECT_THAT(stream.take(), ElementsAre(HasSubstr(R"("status":"waiting","position":1)"))) << "it goes on";
  clients.remove(stream.id);
  EXPECT_FALSE(sessions.connected(kim, clock.now())) << "a stream has no session";
}

}  // namespace
}  // namespace tiketi::test
