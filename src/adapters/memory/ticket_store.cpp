#include "adapters/memory/ticket_store.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace tiketi::memory {
namespace {

class MemoryTicketStore final : public TicketStore {
 public:
  Result<std::vector<TicketOutcome>> commit(std::span<const TicketChange> changes) override {
    const std::unique_lock lock(mutex_);
    std::vector<TicketOutcome> outcomes;
    outcomes.reserve(changes.size());
    for (const TicketChange& change : changes) {
      const auto stored = tickets_.find(change.after.id);
      const std::int64_t version = stored == tickets_.end() ? 0 : stored->second.version;
      const bool holds = version == change.expected_version;
      outcomes.push_back(holds ? TicketOutcome::applied : TicketOutcome::version_conflict);
      if (holds) store(change.after);
    }
    return outcomes;
  }

  Result<std::vector<std::optional<Ticket>>> tickets(std::span<const TicketId> ids) override {
    const std::shared_lock lock(mutex_);
    std::vector<std::optional<Ticket>> out(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (const auto at = tickets_.find(ids[i]); at != tickets_.end()) out[i] = at->second;
    return out;
  }

  Result<std::optional<Ticket>> ticket_numbered(const TicketNumber& number) override {
    const std::shared_lock lock(mutex_);
    const auto at = by_number_.find(number);
    return at == by_number_.end() ? std::optional<Ticket>() : tickets_.at(at->second);
  }

  Result<std::vector<std::vector<Ticket>>> tickets_of(std::span<const ReservationId> reservations) override {
    const std::shared_lock lock(mutex_);
    std::vector<std::vector<Ticket>> out(reservations.size());
    for (std::size_t i = 0; i < reservations.size(); ++i)
      if (const auto at = by_reservation_.find(reservations[i]); at != by_reservation_.end())
        for (const auto& [ordinal, id] : at->second) out[i].push_back(tickets_.at(id));
    return out;
  }

  Result<TicketPage> tickets_of_user(UserId user, std::int64_t offset, std::int64_t limit) override {
    const std::shared_lock lock(mutex_);
    TicketPage out;
    const auto at = by_user_.find(user);
    if (at == by_user_.end()) return out;
    for (const auto& [place, id] : at->second)
      if (const std::int64_t index = out.total++; index >= offset && index - offset < limit)
        out.tickets.push_back(tickets_.at(id));
    return out;
  }

  Result<TicketCounts> counts(EventId event) override {
    const std::shared_lock lock(mutex_);
    const auto at = counts_.find(event);
    return at == counts_.end() ? TicketCounts{} : at->second;
  }

  Result<std::vector<Ticket>> scan(TicketId after, std::size_t limit) override {
    const std::shared_lock lock(mutex_);
    std::vector<Ticket> out;
    for (auto at = tickets_.upper_bound(after); at != tickets_.end() && out.size() < limit; ++at)
      out.push_back(at->second);
    return out;
  }

 private:
  static std::int64_t& count_of(TicketCounts& counts, TicketStatus status) {
    if (status == TicketStatus::used) return counts.used;
    return status == TicketStatus::voided ? counts.voided : counts.issued;
  }

  void store(const Ticket& ticket) {
    if (const auto old = tickets_.find(ticket.id); old != tickets_.end()) {
      by_user_[old->second.user_id].erase({old->second.reservation_id, old->second.ordinal});
      --count_of(counts_[old->second.event_id], old->second.status);
    }
    ++count_of(counts_[ticket.event_id], ticket.status);
    by_number_.insert_or_assign(ticket.number, ticket.id);
    by_reservation_[ticket.reservation_id].insert_or_assign(ticket.ordinal, ticket.id);
    by_user_[ticket.user_id].insert_or_assign({ticket.reservation_id, ticket.ordinal}, ticket.id);
    tickets_.insert_or_assign(ticket.id, ticket);
  }

  /// Newest reservation first, then by ordinal.
  struct NewestFirst {
    bool operator()(const std::pair<ReservationId, std::int32_t>& a,
                    const std::pair<ReservationId, std::int32_t>& b) const {
      return std::tie(b.first, a.second) < std::tie(a.first, b.second);
    }
  };

  std::shared_mutex mutex_;
  std::map<TicketId, Ticket> tickets_;
  std::map<TicketNumber, TicketId> by_number_;
  std::unordered_map<ReservationId, std::map<std::int32_t, TicketId>> by_reservation_;
  std::unordered_map<UserId, std::map<std::pair<ReservationId, std::int32_t>, TicketId, NewestFirst>> by_user_;
  std::unordered_map<EventId, TicketCounts> counts_;
};

}  // namespace

std::unique_ptr<TicketStore> make_ticket_store() { return std::make_unique<MemoryTicketStore>(); }

}  // namespace tiketi::memory
