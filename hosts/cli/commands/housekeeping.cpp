// sweep, outbox list and outbox publish

#include "commands/commands.hpp"
#include "format.hpp"
#include "json.hpp"

#include <algorithm>
#include <ostream>

namespace tiketi::cli {
namespace {

constexpr std::size_t batch = 10'000;

boost::json::object to_json(const Message& message) {
  boost::system::error_code malformed;
  boost::json::value payload = boost::json::parse(message.payload, malformed);
  if (malformed) payload = message.payload;
  return {{"sequence", message.sequence},
          {"topic", message.topic},
          {"key", message.key},
          {"at", to_iso8601(message.at)},
          {"payload", std::move(payload)}};
}

/// Publishes by writing a line a message. What could not be written stays in the outbox.
class LineBus final : public EventBus {
 public:
  explicit LineBus(std::ostream& out) : out_(out) {}

  Result<void> publish(std::span<const Message> messages) override {
    for (const Message& each : messages) out_ << boost::json::serialize(to_json(each)) << '\n';
    out_.flush();
    if (!out_) return Error{Errc::unavailable, "the output could not be written; the messages wait on in the outbox"};
    return {};
  }
  std::unique_ptr<Subscription> subscribe(std::string, std::function<void(const Message&)>) override {
    return std::make_unique<Subscription>();  // nobody listens in this process
  }

 private:
  std::ostream& out_;
};

/// Calls `step(at most)` until it finds nothing more to do or `limit` (0: none) is reached.
template <class Step>
Result<std::size_t> repeat(std::size_t limit, Step step) {
  std::size_t done = 0;
  while (limit == 0 || done < limit) {
    const std::size_t wanted = limit == 0 ? batch : std::min(batch, limit - done);
    const Result<std::size_t> some = step(wanted);
    if (some.has_error()) return some.error();
    done += *some;
    if (*some == 0) break;
  }
  return done;
}

}  // namespace

Ended run(const SweepCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  BoxOffice& box_office = (*services)->box_office();
  const auto released = repeat(command.limit, [&](std::size_t most) { return box_office.sweep(most); });
  if (released.has_error()) return released.error();
  const auto forgotten = repeat(0, [&](std::size_t most) { return box_office.prune(most); });
  if (forgotten.has_error()) return forgotten.error();
  if (session.json()) {
    print_json(session.terminal, {{"released", *released}, {"forgotten_keys", *forgotten}});
    return ExitCode::ok;
  }
  session.terminal.out << "Released " << with_commas(static_cast<std::int64_t>(*released))
                       << " holds that were over; forgot " << with_commas(static_cast<std::int64_t>(*forgotten))
                       << " old idempotency keys.\n";
  return ExitCode::ok;
}

Ended run(const OutboxListCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  BoxOfficeStore& store = (*services)->stores().box_office();
  const auto size = store.outbox_size();
  if (size.has_error()) return size.error();
  const auto messages = store.outbox(command.limit);
  if (messages.has_error()) return messages.error();
  boost::json::array list;
  Rows rows{{"SEQUENCE", "AT", "TOPIC", "RESERVATION"}};
  for (const Message& each : *messages) {
    list.push_back(to_json(each));
    rows.push_back({std::to_string(each.sequence), format_time(each.at), each.topic, each.key});
  }
  if (session.json()) {
    print_json(session.terminal, {{"waiting", *size}, {"messages", std::move(list)}});
    return ExitCode::ok;
  }
  if (!messages->empty()) session.terminal.out << format_table(rows);
  session.terminal.out << with_commas(*size) << " messages wait to be published.\n";
  return ExitCode::ok;
}

Ended run(const OutboxPublishCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  LineBus bus(session.terminal.out);
  const auto published =
      repeat(command.limit, [&](std::size_t most) { return (*services)->box_office().relay(bus, most); });
  if (published.has_error()) return published.error();
  if (!session.json())
    session.terminal.err << "Published " << with_commas(static_cast<std::int64_t>(*published)) << " messages.\n";
  return ExitCode::ok;
}

}  // namespace tiketi::cli
