#include "core/base/flat_json.hpp"

#include <tiketi/payment/change.hpp>

namespace tiketi {

std::string news_payload(PaymentNews news, const Payment& payment) {
  std::string out;
  out.reserve(500);
  base::FlatJson members(out);
  members.text("type", topic(news).substr(topic(news).find('.') + 1));
  members.uuid("payment", payment.id.uuid);
  members.text("order", payment.order_id);
  members.text("purpose", payment.purpose == PaymentPurpose::points ? "points" : "reservation");
  members.uuid("reservation", payment.reservation_id.uuid);
  members.uuid("user", payment.user_id.uuid);
  members.text("method", name(payment.method));
  members.text("status", name(payment.status));
  members.number("amount", payment.amount.minor);
  members.number("points", payment.points_minor);
  members.text("currency", payment.amount.currency.text());
  members.number("refunded", payment.card_refunded_minor + payment.points_refunded_minor);
  members.text("failureCode", payment.failure_code);
  members.number("version", payment.version);
  members.number("at", payment.updated_at.ms);
  members.close();
  return out;
}

}  // namespace tiketi
