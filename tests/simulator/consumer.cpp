#include "consumer.hpp"

namespace tiketi::test {

namespace {

bool is_of_reservation(const Message& message) { return message.topic.starts_with("reservation."); }

}  // namespace

std::optional<std::string> Consumer::take(std::map<std::string, Seen>& seen, const Message& message) const {
  Seen& key = seen[message.key];
  const auto id = ReservationId::parse(message.key);
  const auto history = id ? books_.reservations.find(*id) : books_.reservations.end();
  if (history == books_.reservations.end()) return "a message tells of a reservation that does not exist";
  if (key.versions == history->second.size())
    return "more is told of reservation " + show(id->uuid) + " than happened: " + message.topic;
  const Entry& entry = history->second[key.versions];
  if (message.topic != topic(entry.news) || message.payload != news_payload(entry.news, entry.reservation))
    return "of version " + std::to_string(entry.reservation.version) + " of reservation " + show(id->uuid) +
           " this is told: " + message.topic + ' ' + message.payload;
  key.sequence = message.sequence;
  ++key.versions;
  return std::nullopt;
}

void Consumer::receive(const Message& message) {
  ++received;
  if (!is_of_reservation(message)) {
    till_.told[message.key].emplace(message.sequence, message.topic);
    return;
  }
  const auto known = seen_.find(message.key);
  if (known != seen_.end() && message.sequence <= known->second.sequence) {
    ++repeated;
    return;
  }
  if (auto strange = take(seen_, message); strange && !wrong) wrong = strange;
}

std::optional<std::string> Consumer::find_untold(const std::vector<Message>& outbox) const {
  std::map<std::string, Seen> seen = seen_;
  for (const Message& message : outbox) {
    if (!is_of_reservation(message)) continue;
    const auto known = seen.find(message.key);
    if (known != seen.end() && message.sequence <= known->second.sequence) continue;
    if (auto strange = take(seen, message)) return "in the outbox: " + *strange;
  }
  for (const auto& [id, history] : books_.reservations)
    if (seen[id.text()].versions != history.size())
      return "version " + std::to_string(seen[id.text()].versions + 1) + " of reservation " + show(id.uuid) +
             " is neither told nor in the outbox";
  return std::nullopt;
}

Result<void> FaultyBus::publish(std::span<const Message> messages) {
  const bool fails = fails_();
  if (fails) messages = messages.first(random_.below(messages.size() + 1));
  for (const Message& message : messages) consumer_.receive(message);
  if (fails) return Error{Errc::unavailable, "simulated: the broker can't be reached", {{"cause", "simulated"}}};
  return {};
}

std::unique_ptr<Subscription> FaultyBus::subscribe(std::string, std::function<void(const Message&)>) {
  return std::make_unique<Subscription>();
}

}  // namespace tiketi::test
