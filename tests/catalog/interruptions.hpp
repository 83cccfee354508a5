#pragma once
// A catalogue store and an inventory that fail, or let others in between, at the moment they are told to.

#include <tiketi/catalog/inventory.hpp>
#include <tiketi/catalog/store.hpp>

#include <functional>
#include <optional>
#include <vector>

namespace tiketi::test {

class InterruptedStore final : public CatalogStore {
 public:
  explicit InterruptedStore(CatalogStore& store) : store_(store) {}

  std::function<std::optional<Error>()> before_commit;
  int commits = 0;
  int full_reads = 0;
  int reads = 0;  // of events and ticket types by id

  Result<std::vector<Result<void>>> commit(std::span<const CatalogChange> changes) override {
    ++commits;
    if (before_commit)
      if (auto error = before_commit()) return *error;
    return store_.commit(changes);
  }
  Result<std::vector<std::optional<Event>>> events(std::span<const EventId> ids) override {
    ++reads;
    return store_.events(ids);
  }
  Result<std::vector<Event>> all_events() override {
    ++full_reads;
    return store_.all_events();
  }
  Result<std::int64_t> revision() override { return store_.revision(); }
  Result<std::optional<SeatLayout>> layout(SeatLayoutId id) override { return store_.layout(id); }
  Result<std::optional<SeatLayout>> layout_named(std::string_view name) override { return store_.layout_named(name); }
  Result<std::vector<SeatLayout>> all_layouts() override { return store_.all_layouts(); }
  using CatalogStore::ticket_types;
  Result<std::vector<std::vector<TicketType>>> ticket_types(std::span<const EventId> events) override {
    ++reads;
    return store_.ticket_types(events);
  }
  Result<std::optional<TicketType>> ticket_type(TicketTypeId id) override { return store_.ticket_type(id); }
  Result<std::vector<Keyword>> keywords() override { return store_.keywords(); }

 private:
  CatalogStore& store_;
};

class InterruptedInventory final : public Inventory {
 public:
  explicit InterruptedInventory(Inventory& inventory) : inventory_(inventory) {}

  std::optional<Error> load_fails;
  std::optional<Error> close_fails;
  std::function<void()> before_load;
  int reads = 0;  // of what is free
  std::function<std::optional<Error>()> before_change = [] { return std::optional<Error>(); };

  Result<void> load(const Event& event, const SeatLayout* layout, std::span<const GeneratedSeat> seats,
                    std::span<const TicketType> types) override {
    if (load_fails) return *load_fails;
    if (before_load) before_load();
    return inventory_.load(event, layout, seats, types);
  }
  Result<void> add_seats(const Event& event, const SeatLayout& layout, std::span<const GeneratedSeat> seats) override {
    if (auto fails = before_change()) return *fails;
    return inventory_.add_seats(event, layout, seats);
  }
  Result<std::int64_t> remove_seats(const Event& event) override {
    if (auto fails = before_change()) return *fails;
    return inventory_.remove_seats(event);
  }
  Result<void> put_ticket_type(const Event& event, const TicketType& type) override {
    if (auto fails = before_change()) return *fails;
    return inventory_.put_ticket_type(event, type);
  }
  Result<void> withdraw(const Event& event) override {
    if (auto fails = before_change()) return *fails;
    return inventory_.withdraw(event);
  }
  Result<std::optional<Offer>> offer(EventId event) override { return inventory_.offer(event); }
  Result<void> close(EventId event) override {
    if (close_fails) return *close_fails;
    return inventory_.close(event);
  }
  Result<std::vector<std::optional<Availability>>> availability(std::span<const EventId> events) override {
    ++reads;
    return inventory_.availability(events);
  }
  Result<std::vector<std::optional<Availability>>> availability(std::span<const TicketTypeId> types) override {
    ++reads;
    return inventory_.availability(types);
  }
  Result<std::vector<EventId>> sold_out() override { return inventory_.sold_out(); }

 private:
  Inventory& inventory_;
};

}  // namespace tiketi::test
