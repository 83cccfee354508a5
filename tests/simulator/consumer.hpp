#pragma once
// The other end of the event bus: a bus that fails at times, and the consumer that its messages reach.

#include "books.hpp"
#include "random.hpp"
#include "till.hpp"

#include <tiketi/ports/event_bus.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace tiketi::test {

/// Keeps the highest sequence of each key and drops the rest, as consumers are told to. What remains of
/// reservations has to be every version, each once, in order; what is told of payments is noted.
class Consumer {
 public:
  Consumer(const Books& books, Till& till) : books_(books), till_(till) {}

  void receive(const Message& message);

  /// Whether all that happened was told, or waits in the outbox: the first thing that is not, or nothing.
  std::optional<std::string> find_untold(const std::vector<Message>& outbox) const;

  std::optional<std::string> wrong;  ///< the first message that should not have been
  std::int64_t received = 0;
  std::int64_t repeated = 0;

 private:
  struct Seen {
    std::int64_t sequence = 0;
    std::size_t versions = 0;
  };
  std::optional<std::string> take(std::map<std::string, Seen>& seen, const Message& message) const;

  const Books& books_;
  Till& till_;
  std::map<std::string, Seen> seen_;
};

/// Accepts some of the messages and then fails, whenever `fails` says so.
class FaultyBus final : public EventBus {
 public:
  FaultyBus(Consumer& consumer, Random& random, std::function<bool()> fails)
      : consumer_(consumer), random_(random), fails_(std::move(fails)) {}

  Result<void> publish(std::span<const Message> messages) override;
  std::unique_ptr<Subscription> subscribe(std::string topic_prefix,
                                          std::function<void(const Message&)> handler) override;

 private:
  Consumer& consumer_;
  Random& random_;
  std::function<bool()> fails_;
};

}  // namespace tiketi::test
