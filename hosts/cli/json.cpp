#include "json.hpp"

#include <tiketi/catalog/rules.hpp>

#include <algorithm>
#include <array>

namespace tiketi::cli {
namespace {

boost::json::value or_null(const std::optional<Availability>& places, std::int64_t Availability::*member) {
  return places ? boost::json::value(*places.*member) : boost::json::value(nullptr);
}

/// For what may not be set.
template <class IdType>
boost::json::value id_or_null(IdType id) {
  return id.is_nil() ? boost::json::value(nullptr) : boost::json::value(id.text());
}
boost::json::value time_or_null(Timestamp time) {
  return time == Timestamp{} ? boost::json::value(nullptr) : boost::json::value(to_iso8601(time));
}
boost::json::value time_or_null(std::optional<Timestamp> time) { return time_or_null(time.value_or(Timestamp{})); }

}  // namespace

boost::json::object to_json(const EventSummary& summary) {
  const Event& event = summary.event;
  return {{"id", event.id.text()},
          {"title", event.title},
          {"description", event.description},
          {"artist", event.artist},
          {"venue", event.venue},
          {"address", event.address},
          {"poster_url", event.poster_url},
          {"status", catalog::name(summary.status)},
          {"event_date", to_iso8601(event.event_date)},
          {"sale_start", to_iso8601(event.sale_start)},
          {"sale_end", to_iso8601(event.sale_end)},
          {"layout", event.layout_id ? boost::json::value(event.layout_id->text()) : boost::json::value(nullptr)},
          {"price", event.price.minor},
          {"currency", event.price.currency.text()},
          {"capacity", event.capacity},
          {"available", or_null(summary.availability, &Availability::available)},
          {"limit_per_reservation", event.limits.per_reservation},
          {"limit_per_buyer", event.limits.per_buyer},
          {"version", event.version}};
}

boost::json::object to_json(const EventDetail& detail) {
  boost::json::object out = to_json(detail.summary);
  boost::json::array types;
  for (const TicketTypeSummary& each : detail.ticket_types)
    types.push_back({{"id", each.type.id.text()},
                     {"name", each.type.name},
                     {"description", each.type.description},
                     {"price", each.type.price.minor},
                     {"currency", each.type.price.currency.text()},
                     {"total", each.type.total_quantity},
                     {"available", or_null(each.availability, &Availability::available)}});
  out["ticket_types"] = std::move(types);
  return out;
}

boost::json::object to_json(const Reservation& reservation) {
  boost::json::array lines;
  for (const ReservationLine& line : reservation.lines) {
    boost::json::object each{{"label", line.label}, {"quantity", line.quantity}, {"unit_price", line.unit_price_minor}};
    if (line.is_seat()) each["seat"] = line.seat_id.text();
    else each["ticket_type"] = line.ticket_type_id.text();
    lines.push_back(std::move(each));
  }
  return {{"id", reservation.id.text()},
          {"number", reservation.number.text()},
          {"event", reservation.event_id.text()},
          {"user", reservation.user_id.text()},
          {"status", name(reservation.status)},
          {"version", reservation.version},
          {"quantity", reservation.quantity},
          {"total", reservation.total.minor},
          {"currency", reservation.total.currency.text()},
          {"created_at", to_iso8601(reservation.created_at)},
          {"updated_at", to_iso8601(reservation.updated_at)},
          {"expires_at", to_iso8601(reservation.expires_at)},
          {"payment_reference", reservation.payment_reference},
          {"lines", std::move(lines)}};
}

boost::json::object to_json(const SeatLayout& layout) {
  boost::json::object out{{"name", layout.name},
                          {"description", layout.description},
                          {"sections", layout.sections.size()},
                          {"seats", catalog::count_seats(layout)}};
  if (!layout.id.is_nil()) out["id"] = layout.id.text();
  return out;
}

boost::json::object to_json(const User& user) {
  return {{"id", user.id.text()},
          {"email", user.email},
          {"name", user.name},
          {"phone", user.phone},
          {"role", name(user.role)},
          {"provider", user.provider == SignInProvider::google ? "google" : "local"},
          {"disabled", user.disabled},
          {"locked_until", time_or_null(user.locked_until)},
          {"created_at", to_iso8601(user.created_at)},
          {"updated_at", to_iso8601(user.updated_at)}};
}

boost::json::object to_json(const Payment& payment, std::span<const Refund> refunds) {
  boost::json::array list;
  for (const Refund& each : refunds) list.push_back(to_json(each));
  return {{"id", payment.id.text()},
          {"order", payment.order_id},
          {"purpose", payment.purpose == PaymentPurpose::points ? "points" : "reservation"},
          {"reservation", id_or_null(payment.reservation_id)},
          {"user", payment.user_id.text()},
          {"method", name(payment.method)},
          {"status", name(payment.status)},
          {"amount", payment.amount.minor},
          {"points", payment.points_minor},
          {"refunded", payment.card_refunded_minor + payment.points_refunded_minor},
          {"currency", payment.amount.currency.text()},
          {"provider", payment.provider},
          {"payment_key", payment.payment_key},
          {"failure_code", payment.failure_code},
          {"created_at", to_iso8601(payment.created_at)},
          {"updated_at", to_iso8601(payment.updated_at)},
          {"paid_at", time_or_null(payment.paid_at)},
          {"refunds", std::move(list)}};
}

boost::json::object to_json(const Refund& refund) {
  return {{"id", refund.id.text()},
          {"payment", refund.payment_id.text()},
          {"reservation", id_or_null(refund.reservation_id)},
          {"status", name(refund.status)},
          {"reason", name(refund.reason)},
          {"note", refund.note},
          {"amount", refund.amount.minor},
          {"points", refund.points_minor},
          {"fee", refund.fee_minor},
          {"currency", refund.amount.currency.text()},
          {"places_given_back", refund.cancels_reservation},
          {"failure_code", refund.failure_code},
          {"created_at", to_iso8601(refund.created_at)},
          {"completed_at", time_or_null(refund.completed_at)}};
}

boost::json::object to_json(const Ticket& ticket) {
  return {{"id", ticket.id.text()},
          {"number", ticket.number.text()},
          {"reservation", ticket.reservation_id.text()},
          {"event", ticket.event_id.text()},
          {"user", ticket.user_id.text()},
          {"label", ticket.label},
          {"status", name(ticket.status)},
          {"issued_at", to_iso8601(ticket.issued_at)},
          {"used_at", time_or_null(ticket.used_at)},
          {"gate", ticket.gate},
          {"checked_by", id_or_null(ticket.checked_by)},
          {"voided_at", time_or_null(ticket.voided_at)}};
}

boost::json::object to_json(const Notice& notice) {
  return {{"id", notice.id.text()},
          {"title", notice.title},
          {"content", notice.content},
          {"author", notice.author},
          {"views", notice.views},
          {"pinned", notice.is_pinned},
          {"created_at", to_iso8601(notice.created_at)},
          {"updated_at", to_iso8601(notice.updated_at)}};
}

boost::json::object to_json(const AuditRecord& record) {
  const AuditEntry& entry = record.entry;
  boost::system::error_code malformed;
  boost::json::value details = boost::json::parse(entry.details, malformed);
  if (malformed) details = nullptr;
  return {{"sequence", record.sequence},      {"at", to_iso8601(entry.at)},  {"actor", id_or_null(entry.actor_id)},
          {"actor_email", entry.actor_email}, {"action", entry.action},      {"kind", entry.subject_kind},
          {"id", entry.subject_id},           {"request", entry.request_id}, {"details", std::move(details)}};
}

boost::json::object to_json(const RoomView& view) {
  const RoomSettings& settings = view.settings;
  return {{"event", view.event_id.text()},
          {"enabled", settings.enabled},
          {"mode", name(settings.mode)},
          {"threshold", settings.threshold},
          {"rate", settings.rate_per_second},
          {"paused", settings.paused},
          {"active_seconds", settings.active_ms / second_ms},
          {"lobby_enabled", settings.lobby},
          {"max_payments", settings.max_payments},
          {"waiting", view.waiting},
          {"active", view.active},
          {"available", view.available},
          {"admissions", view.admissions},
          {"admitted_last_minute", view.admitted_last_minute},
          {"sold_out", view.sold_out},
          {"lobby", name(view.lobby)},
          {"commitment", view.commitment},
          {"seed", view.seed},
          {"records", view.records}};
}

boost::json::object to_json(const RoomStatus& status) {
  return {{"status", name(status.standing)}, {"queued", status.queued()},
          {"position", status.position},     {"estimated_wait_s", status.estimated_wait_s},
          {"waiting", status.waiting},       {"active", status.active},
          {"threshold", status.threshold},   {"paused", status.paused},
          {"sold_out", status.sold_out},     {"entry_token", status.entry_token}};
}

boost::json::object to_json(const RoomRecord& record) {
  return {{"sequence", record.sequence},        {"at", to_iso8601(record.at)}, {"kind", name(record.kind)},
          {"user", id_or_null(record.user_id)}, {"number", record.number},     {"text", record.text}};
}

namespace {

/// What every JSON reader takes for the same number.
constexpr std::int64_t max_exact_number = std::int64_t{1} << 53;

std::optional<RoomRecordKind> room_record_kind_named(std::string_view text) {
  constexpr int last = static_cast<int>(RoomRecordKind::restocked);
  for (int number = 1; number <= last; ++number)
    if (const auto kind = static_cast<RoomRecordKind>(number); name(kind) == text) return kind;
  return std::nullopt;
}

}  // namespace

std::optional<RoomRecord> parse_room_record(std::string_view json) {
  boost::system::error_code wrong;
  const boost::json::value value = boost::json::parse(json, wrong);
  const auto text = [&](const char* pointer) -> std::string_view {
    const boost::json::value* found = value.find_pointer(pointer, wrong);
    return found != nullptr && found->is_string() ? std::string_view(found->get_string()) : std::string_view();
  };
  const auto number = [&](const char* pointer) -> std::optional<std::int64_t> {
    const boost::json::value* found = value.find_pointer(pointer, wrong);
    const bool is_sound =
        found != nullptr && found->is_int64() && found->get_int64() >= 0 && found->get_int64() <= max_exact_number;
    return is_sound ? std::optional(found->get_int64()) : std::nullopt;
  };
  const auto kind = room_record_kind_named(text("/kind"));
  const auto sequence = number("/sequence"), count = number("/number");
  const auto at = parse_iso8601(text("/at"));
  if (!kind || !sequence || !count || !at) return std::nullopt;
  RoomRecord record{.sequence = *sequence, .at = *at, .number = *count, .text = std::string(text("/text"))};
  record.kind = *kind;
  if (const std::string_view user = text("/user"); !user.empty()) {
    const auto id = UserId::parse(user);
    if (!id) return std::nullopt;
    record.user_id = *id;
  }
  return record;
}

}  // namespace tiketi::cli
