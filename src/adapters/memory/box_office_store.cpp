#include "adapters/memory/box_office_store.hpp"

#include "adapters/memory/box_office_books.hpp"

#include <tiketi/box_office/rules.hpp>

#include <algorithm>
#include <mutex>

namespace tiketi::memory {

namespace {

Error no_inventory() { return {Errc::event_not_found, "the event has nothing for sale"}; }

class MemoryBoxOfficeStore final : public BoxOfficeStore {
 public:
  explicit MemoryBoxOfficeStore(std::shared_ptr<Outbox> outbox) { books_.others = std::move(outbox); }

  Result<std::vector<Outcome>> commit(std::span<const Change> changes) override {
    const std::lock_guard lock(mutex_);
    std::vector<Outcome> outcomes;
    outcomes.reserve(changes.size());
    for (const Change& change : changes) outcomes.push_back(box_office::apply(books_, change));
    return outcomes;
  }

  Result<ReserveAnswer> ask(const ReserveQuestion& question) override;

  Result<std::vector<std::optional<Reservation>>> reservations(std::span<const ReservationId> ids) override {
    const std::lock_guard lock(mutex_);
    std::vector<std::optional<Reservation>> out(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (const Reservation* found = books_.find(ids[i])) out[i] = *found;
    return out;
  }

  Result<std::optional<Reservation>> reservation_numbered(const ReservationNumber& number) override {
    const std::lock_guard lock(mutex_);
    for (const Reservation& each : books_.reservations)
      if (each.number == number) return std::optional(each);
    return std::optional<Reservation>{};
  }

  Result<std::vector<Reservation>> reservations_of(UserId user, ReservationId before, std::size_t limit) override;
  Result<std::vector<Reservation>> reservations_of_event(EventId event, ReservationId after,
                                                         std::size_t limit) override;
  Result<ReservationPage> reservations_page(const ReservationFilter& filter, std::int64_t offset,
                                            std::size_t limit) override;
  Result<ReservationTotals> reservation_totals(Timestamp since) override;
  Result<std::vector<Reservation>> expired(Timestamp now, std::size_t limit) override;
  Result<void> load(const NewInventory& inventory) override;

  Result<void> close(EventId event) override {
    const std::lock_guard lock(mutex_);
    EventInventory* inventory = books_.inventory(event);
    if (inventory == nullptr) return no_inventory();
    inventory->closed = true;
    return {};
  }

  Result<std::int64_t> change_inventory(const InventoryChange& change) override {
    if (auto sound = box_office::check(change); sound.has_error()) return sound.error();
    const std::lock_guard lock(mutex_);
    return books_.change(change);
  }

  Result<std::vector<EventId>> sold_out() override {
    const std::lock_guard lock(mutex_);
    std::vector<EventId> out;
    for (const EventBook& event : books_.events)
      if (event.inventory.total > 0 && event.inventory.available == 0) out.push_back(event.inventory.event_id);
    return out;
  }

  Result<SeatMap> seat_map(EventId event) override;
  Result<std::vector<TicketStock>> stock_of(EventId event) override;
  Result<std::vector<Message>> outbox(std::size_t limit) override;

  Result<std::int64_t> outbox_size() override {
    const std::lock_guard lock(mutex_);
    return static_cast<std::int64_t>(books_.outbox.size()) + books_.others->size();
  }

  Result<void> remove_from_outbox(std::span<const std::int64_t> sequences) override;
  Result<std::size_t> prune_idempotency(Timestamp before, std::size_t limit) override;

  Result<std::vector<Finding>> verify() override {
    const std::lock_guard lock(mutex_);
    std::vector<Finding> findings;
    for (BrokenInvariant& each : find_broken_invariants(books_))
      if (findings.size() < 100) findings.push_back({std::move(each.name), std::move(each.what)});
    return findings;
  }

 private:
  std::optional<Seat> find_seat(SeatId id) const;

  std::mutex mutex_;
  Books books_;
};

std::optional<Seat> MemoryBoxOfficeStore::find_seat(SeatId id) const {
  const auto at = books_.seat_by_id.find(id);
  if (at == books_.seat_by_id.end()) return std::nullopt;
  const auto [event, index] = at->second;
  const SeatPlace& place = (*event->places)[index];
  return Seat{id,
              event->inventory.event_id,
              (*event->sections)[place.section],
              place.row,
              place.number,
              place.price_minor,
              place.x,
              place.y,
              event->seats[index]};
}

Result<ReserveAnswer> MemoryBoxOfficeStore::ask(const ReserveQuestion& question) {
  const std::lock_guard lock(mutex_);
  ReserveAnswer answer;
  answer.seats.reserve(question.seats.size());
  for (const SeatId id : question.seats) answer.seats.push_back(find_seat(id));
  for (const TicketTypeId id : question.ticket_types) {
    const TicketStock* found = books_.stock(id);
    answer.stock.push_back(found == nullptr ? std::nullopt : std::optional(*found));
  }
  for (const IdempotencyKey& key : question.keys) {
    const auto at = books_.records.find({key.user_id, key.key});
    answer.records.push_back(at == books_.records.end() ? std::nullopt : std::optional(at->second));
  }
  for (const EventId id : question.events) {
    const EventInventory* found = books_.inventory(id);
    answer.inventories.push_back(found == nullptr ? std::nullopt : std::optional(*found));
  }
  return answer;
}

Result<std::vector<Reservation>> MemoryBoxOfficeStore::reservations_of(UserId user, ReservationId before,
                                                                       std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Reservation> out;
  books_.for_each_of(user, [&](const Reservation& each) {
    if (before.is_nil() || each.id < before) out.push_back(each);
  });
  std::sort(out.begin(), out.end(), [](const Reservation& a, const Reservation& b) { return a.id > b.id; });
  if (out.size() > limit) out.resize(limit);
  return out;
}

Result<std::vector<Reservation>> MemoryBoxOfficeStore::reservations_of_event(EventId event, ReservationId after,
                                                                             std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<const Reservation*> found;
  for (const Reservation& each : books_.reservations) {
    const bool counts = each.status == ReservationStatus::pending || each.status == ReservationStatus::confirmed;
    if (counts && each.event_id == event && each.id > after) found.push_back(&each);
  }
  std::sort(found.begin(), found.end(), [](const Reservation* a, const Reservation* b) { return a->id < b->id; });
  std::vector<Reservation> out;
  for (const Reservation* each : found)
    if (out.size() < limit) out.push_back(*each);
  return out;
}

Result<ReservationPage> MemoryBoxOfficeStore::reservations_page(const ReservationFilter& filter, std::int64_t offset,
                                                                std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<const Reservation*> found;
  for (const Reservation& each : books_.reservations)
    if (each.status == filter.status.value_or(each.status) && each.event_id == filter.event_id.value_or(each.event_id))
      found.push_back(&each);
  std::sort(found.begin(), found.end(), [](const Reservation* a, const Reservation* b) { return a->id > b->id; });
  ReservationPage out;
  out.total = static_cast<std::int64_t>(found.size());
  for (auto at = std::clamp<std::int64_t>(offset, 0, out.total); at < out.total && out.reservations.size() < limit;
       ++at)
    out.reservations.push_back(*found[static_cast<std::size_t>(at)]);
  return out;
}

Result<ReservationTotals> MemoryBoxOfficeStore::reservation_totals(Timestamp since) {
  const std::lock_guard lock(mutex_);
  ReservationTotals out;
  for (const Reservation& each : books_.reservations) {
    ++out.by_status[static_cast<std::size_t>(each.status)];
    out.since += uuid_v7_ms(each.id.uuid) >= since.ms;
  }
  return out;
}

Result<std::vector<Reservation>> MemoryBoxOfficeStore::expired(Timestamp now, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Reservation> out;
  for (auto at = books_.by_expiry.begin(); at != books_.by_expiry.end() && at->first <= now && out.size() < limit;) {
    std::erase_if(at->second, [&](std::size_t index) {
      const Reservation& each = books_.reservations[index];
      return each.status != ReservationStatus::pending || each.expires_at != at->first;
    });
    for (const std::size_t index : at->second)
      if (out.size() < limit) out.push_back(books_.reservations[index]);
    at = at->second.empty() ? books_.by_expiry.erase(at) : std::next(at);
  }
  return out;
}

Result<void> MemoryBoxOfficeStore::load(const NewInventory& inventory) {
  if (auto sound = box_office::check(inventory); sound.has_error()) return sound;
  const std::lock_guard lock(mutex_);
  const auto is_known = [&](const auto& table, const auto& items) {
    return std::any_of(items.begin(), items.end(), [&](const auto& item) { return table.contains(item.id); });
  };
  if (books_.event_by_id.contains(inventory.event_id) || is_known(books_.seat_by_id, inventory.seats) ||
      is_known(books_.stock_by_id, inventory.stock))
    return Error{Errc::already_exists, "the event's places were put up for sale before", {{"field", "event"}}};
  EventBook& book = books_.add_event({inventory.event_id, inventory.currency});
  books_.add_seats(book, inventory.seats);
  for (const TicketStock& stock : inventory.stock) books_.put_stock(book, stock);
  book.inventory.available = book.inventory.total = box_office::count_places(inventory);
  return {};
}

Result<SeatMap> MemoryBoxOfficeStore::seat_map(EventId event) {
  const std::lock_guard lock(mutex_);
  const auto at = books_.event_by_id.find(event);
  if (at == books_.event_by_id.end()) return no_inventory();
  const EventBook& book = *at->second;
  SeatMap map{event, book.inventory.currency, book.sections, book.places, {}, 0};
  map.live.reserve(book.seats.size());
  for (const SeatState& seat : book.seats) {
    map.live.push_back({seat.status, seat.version, seat.held_until});
    map.version += seat.version;
  }
  return map;
}

Result<std::vector<TicketStock>> MemoryBoxOfficeStore::stock_of(EventId event) {
  const std::lock_guard lock(mutex_);
  std::vector<TicketStock> out;
  const auto at = books_.event_by_id.find(event);
  if (at == books_.event_by_id.end()) return out;
  for (const TicketTypeId type : at->second->ticket_types) out.push_back(*books_.stock(type));
  std::sort(out.begin(), out.end(), [](const TicketStock& a, const TicketStock& b) {
    return a.price_minor != b.price_minor ? a.price_minor > b.price_minor : a.name < b.name;
  });
  return out;
}

Result<std::vector<Message>> MemoryBoxOfficeStore::outbox(std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Message> out;
  for (const OutboxEntry& entry : books_.outbox) {
    if (out.size() == limit) break;
    Reservation then = books_.reservations[entry.reservation];
    then.status = entry.status;
    then.version = entry.version;
    then.updated_at = entry.updated_at;
    then.expires_at = entry.expires_at;
    out.push_back({entry.sequence, std::string(topic(entry.news)), then.id.text(), news_payload(entry.news, then),
                   entry.updated_at});
  }
  const std::vector<Message> others = books_.others->oldest(limit);
  const auto own = static_cast<std::ptrdiff_t>(out.size());
  out.insert(out.end(), others.begin(), others.end());
  std::inplace_merge(out.begin(), out.begin() + own, out.end(),
                     [](const Message& a, const Message& b) { return a.sequence < b.sequence; });
  if (out.size() > limit) out.resize(limit);
  return out;
}

Result<void> MemoryBoxOfficeStore::remove_from_outbox(std::span<const std::int64_t> sequences) {
  const std::lock_guard lock(mutex_);
  std::vector<std::int64_t> sorted(sequences.begin(), sequences.end());
  std::sort(sorted.begin(), sorted.end());
  const auto is_listed = [&](const OutboxEntry& entry) {
    return std::binary_search(sorted.begin(), sorted.end(), entry.sequence);
  };
  // The relay removes from the front.
  while (!books_.outbox.empty() && is_listed(books_.outbox.front())) {
    books_.outbox.pop_front();
  }
  if (!sorted.empty() && !books_.outbox.empty() && sorted.back() > books_.outbox.front().sequence)
    std::erase_if(books_.outbox, is_listed);
  books_.others->remove(sorted);
  return {};
}

Result<std::size_t> MemoryBoxOfficeStore::prune_idempotency(Timestamp before, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::size_t removed = 0;
  for (auto at = books_.records.begin(); at != books_.records.end() && removed < limit;) {
    const bool old = at->second.created_at < before;
    at = old ? books_.records.erase(at) : std::next(at);
    removed += old;
  }
  return removed;
}

}  // namespace

std::unique_ptr<BoxOfficeStore> make_box_office_store(std::shared_ptr<Outbox> outbox) {
  return std::make_unique<MemoryBoxOfficeStore>(std::move(outbox));
}

}  // namespace tiketi::memory
