// CA1, CA2, CA6: what an event and a ticket type may be, and the status of an event at each moment.

#include "catalog/samples.hpp"

namespace tiketi::test {
namespace {

using catalog::status_of;

TEST(EventStatusRules, CA2_TurnsAtTheExactMillisecond) {
  const Event event = concert();
  const Availability some{.total = 10, .available = 1};
  EXPECT_EQ(status_of(event, some, event.sale_start.plus_ms(-1)), EventStatus::upcoming);
  EXPECT_EQ(status_of(event, some, event.sale_start), EventStatus::on_sale);
  EXPECT_EQ(status_of(event, some, event.sale_end.plus_ms(-1)), EventStatus::on_sale);
  EXPECT_EQ(status_of(event, some, event.sale_end), EventStatus::ended);
  EXPECT_EQ(status_of(event, some, event.event_date.plus_ms(day_ms)), EventStatus::ended);
}

TEST(EventStatusRules, CA2_SoldOutComesBackWhenStockReturns) {
  const Event event = concert();
  const Timestamp during = event.sale_start.plus_ms(hour_ms);
  EXPECT_EQ(status_of(event, Availability{10, 0}, during), EventStatus::sold_out);
  EXPECT_EQ(status_of(event, Availability{10, 1}, during), EventStatus::on_sale);
  EXPECT_EQ(status_of(event, Availability{10, 0}, event.sale_start.plus_ms(-1)), EventStatus::upcoming);
  EXPECT_EQ(status_of(event, Availability{10, 0}, event.sale_end), EventStatus::ended);
}

TEST(EventStatusRules, CA2_AnEventWithoutPlacesIsNeverSoldOut) {
  const Event event = concert();
  EXPECT_EQ(status_of(event, std::nullopt, event.sale_start), EventStatus::on_sale);
  EXPECT_EQ(status_of(event, Availability{0, 0}, event.sale_start), EventStatus::on_sale);
}

TEST(EventStatusRules, CA2_CancelledStaysCancelled) {
  Event event = concert();
  event.cancelled = true;
  for (const Timestamp now : {Timestamp{0}, event.sale_start, event.sale_end, latest_timestamp})
    EXPECT_EQ(status_of(event, Availability{10, 0}, now), EventStatus::cancelled);
}

TEST(EventStatusRules, CA2_NamesAreReadBack) {
  for (const EventStatus status :
       {EventStatus::upcoming, EventStatus::on_sale, EventStatus::sold_out, EventStatus::ended, EventStatus::cancelled})
    EXPECT_EQ(catalog::parse_event_status(catalog::name(status)), status);
  EXPECT_EQ(catalog::name(EventStatus::on_sale), "on_sale");
  EXPECT_EQ(catalog::parse_event_status("ON_SALE"), std::nullopt);
  EXPECT_EQ(catalog::parse_event_status(""), std::nullopt);
}

struct BadEvent {
  const char* field;
  Errc code;
  void (*spoil)(Event&);
  friend void PrintTo(const BadEvent& bad, std::ostream* out) { *out << bad.field; }
};

class BadEventTest : public ::testing::TestWithParam<BadEvent> {};

TEST_P(BadEventTest, CA1_IsRefusedNamingTheField) {
  Event event = concert();
  ASSERT_TRUE(catalog::check(event));
  GetParam().spoil(event);
  EXPECT_TRUE(refused(catalog::check(event), GetParam().code, GetParam().field));
}

constexpr Errc invalid = Errc::invalid_argument;
constexpr Errc too_large = Errc::limit_exceeded;

INSTANTIATE_TEST_SUITE_P(
    Fields, BadEventTest,
    ::testing::Values(BadEvent{"title", invalid, [](Event& e) { e.title = ""; }},
                      BadEvent{"title", invalid, [](Event& e) { e.title = "   "; }},
                      BadEvent{"title", invalid, [](Event& e) { e.title = "two\nlines"; }},
                      BadEvent{"title", invalid, [](Event& e) { e.title = "\xc3\x28"; }},
                      BadEvent{"title", too_large, [](Event& e) { e.title.assign(catalog::max_title_bytes + 1, 'x'); }},
                      BadEvent{"description", invalid, [](Event& e) { e.description = std::string("nul\0", 4); }},
                      BadEvent{"description", too_large,
                               [](Event& e) { e.description.assign(catalog::max_description_bytes + 1, 'x'); }},
                      BadEvent{"venue", invalid, [](Event& e) { e.venue = "\xed\xa0\x80"; }},
                      BadEvent{"address", invalid, [](Event& e) { e.address = "\xff"; }},
                      BadEvent{"artist", too_large,
                               [](Event& e) { e.artist.assign(catalog::max_name_bytes + 1, 'x'); }},
                      BadEvent{"poster_url", invalid, [](Event& e) { e.poster_url = "a\tb"; }},
                      BadEvent{"sale_start", invalid, [](Event& e) { e.sale_start = {-1}; }},
                      BadEvent{"sale_end", invalid, [](Event& e) { e.sale_end = e.sale_start; }},
                      BadEvent{"sale_end", invalid, [](Event& e) { e.sale_end = e.sale_start.plus_ms(-1); }},
                      BadEvent{"event_date", invalid, [](Event& e) { e.event_date = e.sale_end.plus_ms(-1); }},
                      BadEvent{"event_date", invalid, [](Event& e) { e.event_date = latest_timestamp.plus_ms(1); }},
                      BadEvent{"price", invalid, [](Event& e) { e.price.minor = -1; }},
                      BadEvent{"price", too_large, [](Event& e) { e.price.minor = max_price_minor + 1; }},
                      BadEvent{"price", too_large, [](Event& e) { e.price.minor = INT64_MAX; }},
                      BadEvent{"price.currency", invalid,
                               [](Event& e) {
                                 e.price.currency.code = {'k', 'r', 'w'};
                               }},
                      BadEvent{"capacity", invalid, [](Event& e) { e.capacity = -1; }},
                      BadEvent{"limits.per_reservation", invalid, [](Event& e) { e.limits.per_reservation = -1; }},
                      BadEvent{"limits.per_buyer", invalid, [](Event& e) { e.limits.per_buyer = -1; }}));

TEST(EventRules, CA1_ASaleMayEndWhenTheEventBegins) {
  Event event = concert();
  event.event_date = event.sale_end;
  EXPECT_TRUE(catalog::check(event));
}

struct BadTicketType {
  const char* field;
  Errc code;
  void (*spoil)(TicketType&);
  friend void PrintTo(const BadTicketType& bad, std::ostream* out) { *out << bad.field; }
};

class BadTicketTypeTest : public ::testing::TestWithParam<BadTicketType> {};

TEST_P(BadTicketTypeTest, CA6_IsRefusedNamingTheField) {
  TicketType type = standing();
  ASSERT_TRUE(catalog::check(type));
  GetParam().spoil(type);
  EXPECT_TRUE(refused(catalog::check(type), GetParam().code, GetParam().field));
}

INSTANTIATE_TEST_SUITE_P(
    Fields, BadTicketTypeTest,
    ::testing::Values(
        BadTicketType{"name", invalid, [](TicketType& type) { type.name = ""; }},
        BadTicketType{"name", invalid, [](TicketType& type) { type.name = "\xc0\xaf"; }},
        BadTicketType{"description", invalid, [](TicketType& type) { type.description = "\x1b[31m"; }},
        BadTicketType{"price", invalid, [](TicketType& type) { type.price.minor = -50'000; }},
        BadTicketType{"price", too_large, [](TicketType& type) { type.price.minor = max_price_minor + 1; }},
        BadTicketType{"price.currency", invalid,
                      [](TicketType& type) {
                        type.price.currency.code = {'1', '2', '3'};
                      }},
        BadTicketType{"total_quantity", invalid, [](TicketType& type) { type.total_quantity = 0; }},
        BadTicketType{"total_quantity", invalid, [](TicketType& type) { type.total_quantity = -1; }},
        BadTicketType{"total_quantity", too_large,
                      [](TicketType& type) { type.total_quantity = catalog::max_ticket_quantity + 1; }},
        BadTicketType{"total_quantity", too_large, [](TicketType& type) { type.total_quantity = INT64_MAX; }},
        BadTicketType{"total_quantity", Errc::overflow, [](TicketType& type) {
                        type.price.minor = max_price_minor;
                        type.total_quantity = catalog::max_ticket_quantity;
                      }}));

}  // namespace
}  // namespace tiketi::test
