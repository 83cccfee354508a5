#include <tiketi/catalog/guards.hpp>

namespace tiketi::catalog {
namespace {

Error in_use(std::string_view message, std::string_view field) {
  return {Errc::already_exists, std::string(message), {{"field", std::string(field)}}};
}

/// Told apart, so that who makes something new knows that it is there already.
Result<void> check_version(std::int64_t stored, std::int64_t expected, std::string_view noun) {
  if (stored == expected) return {};
  if (expected == 0) return in_use("there is another " + std::string(noun) + " with this id", "id");
  return Error{Errc::version_conflict, "somebody else changed the " + std::string(noun) + " first; read it again"};
}

Result<void> check(const Stored& stored, const PutEvent& change) {
  return check_version(stored.event_version(change.event.id), change.expected_version, "event");
}

Result<void> check(const Stored& stored, const PutLayout& change) {
  const auto ok = check_version(stored.layout_version(change.layout.id), change.expected_version, "layout");
  if (!ok) return ok;
  const SeatLayoutId named = stored.layout_id_named(change.layout.name);
  if (!named.is_nil() && named != change.layout.id) return in_use("another layout has this name", "name");
  return {};
}

Result<void> check(const Stored& stored, const PutTicketType& change) {
  if (stored.event_version(change.type.event_id) == 0)
    return Error{Errc::event_not_found, "there is no such event; store it before its ticket types"};
  if (change.event_version != 0)
    if (auto ok = check_version(stored.event_version(change.type.event_id), change.event_version, "event"); !ok)
      return ok;
  const EventId owner = stored.event_of(change.type.id);
  if (!owner.is_nil() && owner != change.type.event_id)
    return in_use("another event has a ticket type with this id", "id");
  return {};
}

Result<void> check(const Stored&, const PutKeyword&) { return {}; }

Result<void> check(const Stored& stored, const RemoveEvent& change) {
  const std::int64_t version = stored.event_version(change.id);
  if (version == 0) return Error{Errc::event_not_found, "there is no such event"};
  return check_version(version, change.expected_version, "event");
}

}  // namespace

Result<void> check_guard(const Stored& stored, const CatalogChange& change) {
  return std::visit([&stored](const auto& each) { return check(stored, each); }, change);
}

}  // namespace tiketi::catalog
