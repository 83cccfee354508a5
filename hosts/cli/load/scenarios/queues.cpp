#include "load/scenarios/queues.hpp"

#include "load/answer.hpp"
#include "load/sale.hpp"

#include <tiketi/base/time.hpp>

#include <algorithm>
#include <span>
#include <utility>

namespace tiketi::load {
namespace {

namespace json = boost::json;

/// What an answer tells of a place: 0 for who is admitted.
struct Told {
  std::int64_t position = 0;
  std::string wrong;  // empty: nothing
};

Told read_place(const JsonText& body) {
  const json::value* queued = body.at("/queued");
  const auto position = body.number("/position"), waiting = body.number("/queueSize"),
             active = body.number("/currentUsers");
  if (queued == nullptr || !queued->is_bool()) return {0, "not told whether to wait"};
  if (!position || !waiting || !active) return {0, "position, queueSize or currentUsers are missing"};
  if (*active < 0 || *active > 1) return {0, "more are active than the threshold"};
  if (!queued->get_bool()) return {0, body.text("/entryToken").empty() ? "admitted without an entry token" : ""};
  if (*position < 1 || *position > *waiting) return {0, "a place that is not in the line"};
  return {*position, {}};
}

std::string admin_target(const std::string& event) { return "/api/queue/admin/" + event; }

/// The first who enters stays active for longer than any run, so that nobody else moves.
std::string make_room(Stage& stage) {
  constexpr std::int64_t stock = 1'000;
  std::string event = make_stock_event(stage, stock).id;
  stage.api.change(admin_target(event), {{"enabled", true}, {"threshold", 1}, {"activeSeconds", day_ms / second_ms}},
                   stage.admin_token());
  return event;
}

/// Who waits or is admitted.
std::int64_t size_of_room(Stage& stage, const std::string& event) {
  const JsonText view(json::serialize(stage.api.read(admin_target(event), stage.admin_token())));
  return view.number("/queueSize").value_or(0) + view.number("/currentUsers").value_or(0);
}

/// All users leave, there or not.
class Leaving final : public Scenario {
 public:
  Leaving(const Address& server, std::span<const User> users, std::string target)
      : server_(server), users_(users), target_(std::move(target)) {}

  std::vector<std::string> kinds() const override { return {"leave"}; }
  void prepare(Stage&) override {}
  bool next(std::size_t, std::string& request, std::size_t& kind) override {
    const std::size_t user = next_++;
    if (user >= users_.size()) return false;
    append_post(request, server_, target_, "", {users_[user].token});
    kind = 0;
    return true;
  }
  Verdict judge(std::size_t, const Response& response) override {
    return response.status == 200 ? Verdict{} : wrong(response, "could not leave");
  }
  void verify(Stage&) override {}

 private:
  const Address& server_;
  const std::span<const User> users_;
  const std::string target_;
  std::atomic<std::size_t> next_{0};
};

}  // namespace

void QueueEntries::prepare(Stage& stage) {
  server_ = &stage.api.server();
  users_ = &stage.users(2);
  const auto round_size = static_cast<std::size_t>(stage.options.round_size);
  entrants_ = std::min(users_->size(), std::max<std::size_t>(round_size, 2));
  if (!stage.options.event.empty()) return prepare_given(stage);
  const std::size_t rooms = rooms_ > 0 ? rooms_ : std::clamp<std::size_t>(round_size / entrants_, 1, most_rooms);
  lines_.clear();
  for (std::size_t i = 0; i < rooms; ++i)
    lines_.push_back({make_room(stage), std::vector<std::int64_t>(entrants_, Line::not_there)});
  current_.assign(stage.connections.size(), 0);
  next_ = 0;
  lost_ = 0;
}

/// The room of --event, without those who entered it in the round before, or in another run.
void QueueEntries::prepare_given(Stage& stage) {
  const std::string& event = stage.options.event;
  Leaving leaving(*server_, std::span(*users_).first(entrants_), "/api/queue/leave/" + event);
  stage.run_unmeasured(leaving);
  lines_.clear();
  lines_.push_back({event, std::vector<std::int64_t>(entrants_, Line::not_there), size_of_room(stage, event)});
  stage.facts["waited before"] = lines_.front().before;
  current_.assign(stage.connections.size(), 0);
  next_ = 0;
  lost_ = 0;
}

bool QueueEntries::next(std::size_t connection, std::string& request, std::size_t& kind) {
  const std::size_t number = next_++;
  if (number >= lines_.size() * entrants_) return false;
  current_[connection] = number;
  const std::string body = R"({"eventId":")" + lines_[number / entrants_].event + R"("})";
  append_post(request, *server_, "/api/queue/enter", body, {(*users_)[number % entrants_].token});
  kind = 0;
  return true;
}

Verdict QueueEntries::judge(std::size_t connection, const Response& response) {
  if (response.status != 200) return refused(response);
  const Told told = read_place(JsonText(response.body));
  if (!told.wrong.empty()) return wrong(response, told.wrong);
  const std::size_t number = current_[connection];
  lines_[number / entrants_].positions[number % entrants_] = told.position;
  return {};
}

void QueueEntries::verify(Stage& stage) {
  for (const Line& line : lines_) {
    if (std::ranges::count(line.positions, Line::not_there) == static_cast<std::ptrdiff_t>(entrants_)) continue;
    ++stage.facts["rooms"];
    verify(stage, line);
    if (stage.options.event.empty())
      stage.api.make("/api/queue/admin/clear/" + line.event, json::object{}, stage.admin_token());
  }
}

void QueueEntries::verify(Stage& stage, const Line& line) const {
  std::vector<std::int64_t> places;
  for (const std::int64_t position : line.positions)
    if (position != Line::not_there) places.push_back(position);
  std::ranges::sort(places);
  const auto answered = static_cast<std::int64_t>(places.size());
  stage.facts["entered"] += answered;
  // 0, 1, 2…: nobody leaves, so a place is only one's, and the admitted one is place 0.
  if (std::ranges::adjacent_find(places) != places.end())
    stage.find_wrong("in the room of event " + line.event + " a place was given twice");
  const std::int64_t there = size_of_room(stage, line.event) - line.before;
  if (there < answered || there > answered + lost_)
    stage.find_wrong(std::to_string(answered) + " entered the room of event " + line.event + ", " +
                     std::to_string(there) + " are there");
}

void QueueLooks::prepare(Stage& stage) {
  server_ = &stage.api.server();
  entries_ = std::make_unique<QueueEntries>(1);
  entries_->prepare(stage);
  stage.run_unmeasured(*entries_);
  const Line& line = entries_->lines().front();
  target_ = "/api/queue/status/" + line.event;
  waiting_.clear();
  for (std::size_t user = 0; user < line.positions.size(); ++user)
    if (line.positions[user] > 0) waiting_.push_back(user);
  if (waiting_.empty()) throw Broken("nobody waits in the room of event " + line.event);
  current_.assign(stage.connections.size(), 0);
}

bool QueueLooks::next(std::size_t connection, std::string& request, std::size_t& kind) {
  current_[connection] = waiting_[next_++ % waiting_.size()];
  append_get(request, *server_, target_, {.token = entries_->users()[current_[connection]].token});
  kind = 0;
  return true;
}

Verdict QueueLooks::judge(std::size_t connection, const Response& response) {
  if (response.status != 200) return refused(response);
  const Told told = read_place(JsonText(response.body));
  if (!told.wrong.empty()) return wrong(response, told.wrong);
  const std::int64_t entered = entries_->lines().front().positions[current_[connection]];
  if (told.position != entered) return wrong(response, "not the place that was given, " + std::to_string(entered));
  return {};
}

}  // namespace tiketi::load
