#pragma once
// Decorators of the storage ports through which a simulation makes storage fail, and through which it
// sees what really reached a store.

#include <tiketi/box_office/store.hpp>
#include <tiketi/catalog/store.hpp>
#include <tiketi/waiting_room/store.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace tiketi::test {

/// What becomes of one call of a port.
enum class Fate {
  pass,
  unavailable,   ///< not done, and told so
  lost_request,  ///< not done, but the caller can't know
  lost_answer,   ///< done, but the caller can't know
  crash_before,  ///< the process died before it was done …
  crash_after,   ///< … or after; from then on it gets nothing but errors
};

/// Decides the fate of calls, and is told of the writes that were done.
class PortWatch {
 public:
  virtual ~PortWatch() = default;
  virtual Fate fate(int process, std::string_view call, bool writes) = 0;
  virtual void committed(std::span<const Change> changes, const Result<std::vector<Outcome>>& answer) = 0;
  virtual void loaded(const NewInventory& inventory, const Result<void>& answer) = 0;
  virtual void closed(EventId event, const Result<void>& answer) = 0;
  virtual void pruned(Timestamp before, std::size_t limit, const Result<std::size_t>& answer) = 0;
  virtual void catalog_committed(std::span<const CatalogChange> changes,
                                 const Result<std::vector<Result<void>>>& answer) = 0;
  virtual void rooms_committed(int process, std::span<const RoomAppend> appends,
                               const Result<std::vector<AppendOutcome>>& answer) = 0;
  /// A process has read a waiting room's log behind `after`, up to `last`; or was told that its records are there.
  virtual void room_read(int process, EventId event, std::int64_t after, std::int64_t last) = 0;
  virtual void room_known(int process, EventId event, std::int64_t last) = 0;
};

/// One process's line to a store.
struct Line {
  PortWatch& watch;
  int process = 0;

  template <class Call>
  auto through(std::string_view name, bool writes, Call&& call) const -> decltype(call()) {
    switch (watch.fate(process, name, writes)) {
      case Fate::pass:
        return call();
      case Fate::lost_answer:
        (void)call();
        return lost();
      case Fate::lost_request:
        return lost();
      case Fate::crash_after:
        (void)call();
        break;
      case Fate::crash_before:
      case Fate::unavailable:
        break;
    }
    return Error{Errc::unavailable, "simulated: the storage can't be reached", {{"cause", "simulated"}}};
  }

 private:
  static Error lost() { return {Errc::outcome_unknown, "simulated: the connection broke", {{"cause", "simulated"}}}; }
};

class FaultyBoxOfficeStore final : public BoxOfficeStore {
 public:
  FaultyBoxOfficeStore(BoxOfficeStore& store, Line line) : store_(store), line_(line) {}

  Result<std::vector<Outcome>> commit(std::span<const Change> changes) override {
    return line_.through("commit", true, [&] {
      auto answer = store_.commit(changes);
      line_.watch.committed(changes, answer);
      return answer;
    });
  }
  Result<ReserveAnswer> ask(const ReserveQuestion& question) override {
    return line_.through("ask", false, [&] { return store_.ask(question); });
  }
  Result<std::vector<std::optional<Reservation>>> reservations(std::span<const ReservationId> ids) override {
    return line_.through("reservations", false, [&] { return store_.reservations(ids); });
  }
  Result<std::optional<Reservation>> reservation_numbered(const ReservationNumber& number) override {
    return line_.through("reservation_numbered", false, [&] { return store_.reservation_numbered(number); });
  }
  Result<std::vector<Reservation>> reservations_of(UserId user, ReservationId before, std::size_t limit) override {
    return line_.through("reservations_of", false, [&] { return store_.reservations_of(user, before, limit); });
  }
  Result<std::vector<Reservation>> reservations_of_event(EventId event, ReservationId after,
                                                         std::size_t limit) override {
    return line_.through("reservations_of_event", false,
                         [&] { return store_.reservations_of_event(event, after, limit); });
  }
  Result<ReservationPage> reservations_page(const ReservationFilter& filter, std::int64_t offset,
                                            std::size_t limit) override {
    return line_.through("reservations_page", false, [&] { return store_.reservations_page(filter, offset, limit); });
  }
  Result<ReservationTotals> reservation_totals(Timestamp since) override {
    return line_.through("reservation_totals", false, [&] { return store_.reservation_totals(since); });
  }
  Result<std::vector<Reservation>> expired(Timestamp now, std::size_t limit) override {
    return line_.through("expired", false, [&] { return store_.expired(now, limit); });
  }
  Result<void> load(const NewInventory& inventory) override {
    return line_.through("load", true, [&] {
      auto answer = store_.load(inventory);
      line_.watch.loaded(inventory, answer);
      return answer;
    });
  }
  Result<void> close(EventId event) override {
    return line_.through("close", true, [&] {
      auto answer = store_.close(event);
      line_.watch.closed(event, answer);
      return answer;
    });
  }
  Result<std::int64_t> change_inventory(const InventoryChange& change) override {
    return line_.through("change_inventory", true, [&] { return store_.change_inventory(change); });
  }
  Result<std::vector<EventId>> sold_out() override {
    return line_.through("sold_out", false, [&] { return store_.sold_out(); });
  }
  Result<SeatMap> seat_map(EventId event) override {
    return line_.through("seat_map", false, [&] { return store_.seat_map(event); });
  }
  Result<std::vector<TicketStock>> stock_of(EventId event) override {
    return line_.through("stock_of", false, [&] { return store_.stock_of(event); });
  }
  Result<std::vector<Message>> outbox(std::size_t limit) override {
    return line_.through("outbox", false, [&] { return store_.outbox(limit); });
  }
  Result<std::int64_t> outbox_size() override {
    return line_.through("outbox_size", false, [&] { return store_.outbox_size(); });
  }
  Result<void> remove_from_outbox(std::span<const std::int64_t> sequences) override {
    return line_.through("remove_from_outbox", true, [&] { return store_.remove_from_outbox(sequences); });
  }
  Result<std::size_t> prune_idempotency(Timestamp before, std::size_t limit) override {
    return line_.through("prune_idempotency", true, [&] {
      auto answer = store_.prune_idempotency(before, limit);
      line_.watch.pruned(before, limit, answer);
      return answer;
    });
  }
  Result<std::vector<Finding>> verify() override {
    return line_.through("verify", false, [&] { return store_.verify(); });
  }

 private:
  BoxOfficeStore& store_;
  Line line_;
};

class FaultyCatalogStore final : public CatalogStore {
 public:
  FaultyCatalogStore(CatalogStore& store, Line line) : store_(store), line_(line) {}

  Result<std::vector<Result<void>>> commit(std::span<const CatalogChange> changes) override {
    return line_.through("catalog commit", true, [&] {
      auto answer = store_.commit(changes);
      line_.watch.catalog_committed(changes, answer);
      return answer;
    });
  }
  Result<std::vector<std::optional<Event>>> events(std::span<const EventId> ids) override {
    return line_.through("events", false, [&] { return store_.events(ids); });
  }
  Result<std::vector<Event>> all_events() override {
    return line_.through("all_events", false, [&] { return store_.all_events(); });
  }
  Result<std::int64_t> revision() override {
    return line_.through("revision", false, [&] { return store_.revision(); });
  }
  Result<std::optional<SeatLayout>> layout(SeatLayoutId id) override {
    return line_.through("layout", false, [&] { return store_.layout(id); });
  }
  Result<std::optional<SeatLayout>> layout_named(std::string_view name) override {
    return line_.through("layout_named", false, [&] { return store_.layout_named(name); });
  }
  Result<std::vector<SeatLayout>> all_layouts() override {
    return line_.through("all_layouts", false, [&] { return store_.all_layouts(); });
  }
  Result<std::vector<std::vector<TicketType>>> ticket_types(std::span<const EventId> events) override {
    return line_.through("ticket_types", false, [&] { return store_.ticket_types(events); });
  }
  Result<std::optional<TicketType>> ticket_type(TicketTypeId id) override {
    return line_.through("ticket_type", false, [&] { return store_.ticket_type(id); });
  }
  Result<std::vector<Keyword>> keywords() override {
    return line_.through("keywords", false, [&] { return store_.keywords(); });
  }

 private:
  CatalogStore& store_;
  Line line_;
};

}  // namespace tiketi::test
