#include <tiketi/adapters/memory.hpp>

#include <list>
#include <mutex>
#include <utility>

namespace tiketi::memory {
namespace {

struct Subscriber {
  std::string topic_prefix;
  std::function<void(const Message&)> handler;
};

/// Shared with the subscriptions, which may outlive the bus.
struct Subscribers {
  std::mutex mutex;
  std::list<Subscriber> all;
};

class MemorySubscription final : public Subscription {
 public:
  MemorySubscription(std::shared_ptr<Subscribers> subscribers, std::list<Subscriber>::iterator own)
      : subscribers_(std::move(subscribers)), own_(own) {}
  MemorySubscription(const MemorySubscription&) = delete;
  MemorySubscription& operator=(const MemorySubscription&) = delete;
  ~MemorySubscription() override {
    const std::lock_guard lock(subscribers_->mutex);
    subscribers_->all.erase(own_);
  }

 private:
  std::shared_ptr<Subscribers> subscribers_;
  std::list<Subscriber>::iterator own_;
};

class MemoryEventBus final : public EventBus {
 public:
  Result<void> publish(std::span<const Message> messages) override {
    // Held while the handlers run: messages keep their order over several publishers, and no handler is
    // called once its subscription has ended.
    const std::lock_guard lock(subscribers_->mutex);
    for (const Message& message : messages)
      for (const Subscriber& each : subscribers_->all)
        if (message.topic.starts_with(each.topic_prefix)) each.handler(message);
    return {};
  }

  std::unique_ptr<Subscription> subscribe(std::string topic_prefix,
                                          std::function<void(const Message&)> handler) override {
    const std::lock_guard lock(subscribers_->mutex);
    subscribers_->all.push_back({std::move(topic_prefix), std::move(handler)});
    return std::make_unique<MemorySubscription>(subscribers_, std::prev(subscribers_->all.end()));
  }

 private:
  std::shared_ptr<Subscribers> subscribers_ = std::make_shared<Subscribers>();
};

}  // namespace

std::unique_ptr<EventBus> make_event_bus() { return std::make_unique<MemoryEventBus>(); }

}  // namespace tiketi::memory
