#include <tiketi/adapters/sandbox.hpp>

#include "adapters/sandbox/books.hpp"
#include "adapters/sandbox/desk.hpp"

#include <mutex>
#include <utility>

namespace tiketi {

namespace sandbox {

namespace {

class Sandbox final : public SandboxProvider {
 public:
  Sandbox(std::unique_ptr<Books> books, SandboxOptions options, Clock& clock, Ids& ids)
      : books_(std::move(books)), options_(std::move(options)), clock_(clock), ids_(ids) {}

  std::string_view name() const noexcept override { return "sandbox"; }
  bool charges_directly() const noexcept override { return options_.charges_directly; }
  std::size_t batch_size() const noexcept override { return 256; }

  Result<OpenedOrder> open(const OpenOrder& order) override {
    Wanted wanted;
    wanted.order_ids.push_back(order.order_id);
    return call(wanted, [&](Desk& desk) { return desk.open(order); });
  }

  std::vector<Result<ProviderPayment>> charge(std::span<const Charge> charges) override {
    Wanted wanted;
    for (const Charge& each : charges) {
      if (each.payment_key.empty()) wanted.order_ids.push_back(each.order_id);
      else wanted.payment_keys.push_back(each.payment_key);
      want_request(wanted, call_of(each), each.idempotency_key);
    }
    return call_all(wanted, charges, [](Desk& desk, const Charge& each) { return desk.charge(each); });
  }

  std::vector<Result<ProviderPayment>> cancel(std::span<const CancelCharge> cancellations) override {
    Wanted wanted;
    for (const CancelCharge& each : cancellations) {
      wanted.payment_keys.push_back(each.payment_key);
      want_request(wanted, call_of(each), each.idempotency_key);
    }
    return call_all(wanted, cancellations, [](Desk& desk, const CancelCharge& each) { return desk.cancel(each); });
  }

  Result<std::optional<ProviderPayment>> find(std::string_view order_id) override {
    Wanted wanted;
    wanted.order_ids.push_back(order_id);
    auto entry = look(wanted, [order_id](Picture& picture) { return picture.by_order(order_id); });
    if (entry.has_error()) return entry.error();
    if (!*entry) return std::optional<ProviderPayment>{};
    return std::optional(payment_of(**entry));
  }

  Result<std::optional<SandboxOrder>> order(std::string_view payment_key) override {
    Wanted wanted;
    wanted.payment_keys.push_back(payment_key);
    auto entry = look(wanted, [payment_key](Picture& picture) { return picture.by_key(payment_key); });
    if (entry.has_error()) return entry.error();
    if (!*entry) return std::optional<SandboxOrder>{};
    return std::optional(SandboxOrder{(*entry)->order_name, payment_of(**entry)});
  }

  Result<ProviderPayment> authenticate(std::string_view payment_key) override {
    return at_page(payment_key, [&](Desk& desk) { return desk.authenticate(payment_key); });
  }
  Result<ProviderPayment> reject(std::string_view payment_key, std::string_view code) override {
    return at_page(payment_key, [&](Desk& desk) { return desk.reject(payment_key, code); });
  }
  Result<ProviderPayment> abandon(std::string_view payment_key) override {
    return at_page(payment_key, [&](Desk& desk) { return desk.abandon(payment_key); });
  }

  Result<std::vector<SandboxBooks>> books() override {
    const std::lock_guard lock(mutex_);
    auto sums = books_->sums(clock_.now());
    if (sums.has_error()) return told(sums.error());
    return sums;
  }

 private:
  static void want_request(Wanted& wanted, std::string call, std::string_view key) {
    if (key.empty()) return;
    wanted.calls.push_back(std::move(call));
    wanted.keys.push_back(key);
  }

  /// A failure of the file is the provider's: nothing was done.
  static Error told(const Error& error) {
    return {
        Errc::provider_unavailable, "the sandbox can't use its books: " + error.message, {{"cause", error.message}}};
  }

  /// Runs `decide(desk)` in one transaction.
  template <class Decide>
  Result<void> transact(const Wanted& wanted, Decide decide) {
    const std::lock_guard lock(mutex_);
    const Timestamp now = clock_.now();
    Picture picture;
    auto done = books_->read(wanted, now, options_, picture);
    if (done.has_value()) {
      Desk desk(picture, now, options_, ids_);
      decide(desk);
      done = books_->write(picture);
    }
    if (done.has_value()) return {};
    books_->rollback();
    return told(done.error());
  }

  template <class Decide>
  auto call(const Wanted& wanted, Decide decide) -> decltype(decide(std::declval<Desk&>())) {
    decltype(decide(std::declval<Desk&>())) answer = Error{};
    if (auto done = transact(wanted, [&](Desk& desk) { answer = decide(desk); }); done.has_error()) return done.error();
    return answer;
  }

  template <class Decide>
  Result<ProviderPayment> at_page(std::string_view payment_key, Decide decide) {
    Wanted wanted;
    wanted.payment_keys.push_back(payment_key);
    return call(wanted, decide);
  }

  template <class Request, class Decide>
  std::vector<Result<ProviderPayment>> call_all(const Wanted& wanted, std::span<const Request> requests,
                                                Decide decide) {
    std::vector<Result<ProviderPayment>> answers;
    answers.reserve(requests.size());
    auto done = transact(wanted, [&](Desk& desk) {
      for (const Request& each : requests) answers.push_back(decide(desk, each));
    });
    if (done.has_error()) answers.assign(requests.size(), done.error());
    return answers;
  }

  /// Reads one entry, as it is now.
  template <class Find>
  Result<std::optional<Entry>> look(const Wanted& wanted, Find find) {
    const std::lock_guard lock(mutex_);
    Picture picture;
    auto done = books_->look(wanted, clock_.now(), options_, picture);
    if (done.has_error()) return told(done.error());
    const Entry* found = find(picture);
    return found == nullptr ? std::nullopt : std::optional(*found);
  }

  std::mutex mutex_;
  std::unique_ptr<Books> books_;
  const SandboxOptions options_;
  Clock& clock_;
  Ids& ids_;
};

}  // namespace

}  // namespace sandbox

Result<std::unique_ptr<SandboxProvider>> make_sandbox(const SandboxOptions& options, Clock& clock, Ids& ids) {
  auto books = sandbox::Books::open(options.path);
  if (books.has_error()) return books.error();
  return std::unique_ptr<SandboxProvider>(std::make_unique<sandbox::Sandbox>(std::move(*books), options, clock, ids));
}

}  // namespace tiketi
