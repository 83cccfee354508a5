// RT1: the grammar of Socket.IO packets, read strictly and written as clients read it.

#include "realtime/socket_packet.hpp"

#include <gtest/gtest.h>

namespace tiketi::realtime {
namespace {

SocketPacket parsed(std::string_view text) {
  const Result<SocketPacket> packet = parse_socket_packet(text, {});
  EXPECT_TRUE(packet) << text << ": " << (packet ? "" : packet.error().message);
  return packet ? *packet : SocketPacket();
}

TEST(RT1SocketPacket, Connect) {
  EXPECT_EQ(parsed("0").type, SocketPacketType::connect);
  EXPECT_EQ(parsed("0").name_space, "/");
  EXPECT_EQ(parsed("0").json, "");
  EXPECT_EQ(parsed(R"(0{"token":"x"})").json, R"({"token":"x"})");
  EXPECT_EQ(parsed("0/custom").name_space, "/custom");  // no comma if nothing follows
  EXPECT_EQ(parsed("0/custom,").name_space, "/custom");
  EXPECT_EQ(parsed("0/custom,").json, "");
  const SocketPacket full = parsed(R"(0/custom,{"a":[1]})");
  EXPECT_EQ(full.name_space, "/custom");
  EXPECT_EQ(full.json, R"({"a":[1]})");
}

TEST(RT1SocketPacket, Disconnect) {
  EXPECT_EQ(parsed("1").type, SocketPacketType::disconnect);
  EXPECT_EQ(parsed("1/custom").name_space, "/custom");
  EXPECT_EQ(parsed("1/custom,").name_space, "/custom");
}

TEST(RT1SocketPacket, EventsAreSplitIntoNameAndArguments) {
  EXPECT_EQ(parsed(R"(2["name",1,{"a":"b"}])").event, "name");
  EXPECT_EQ(parsed(R"(2["name",1,{"a":"b"}])").json, R"([1,{"a":"b"}])");
  EXPECT_EQ(parsed(R"(2["name"])").json, "[]");
  EXPECT_EQ(parsed("2 [ \"na\\\"m\\u0065\\\\\" , 1 ] ").event, "na\"me\\");
  EXPECT_EQ(parsed("2 [ \"na\\\"m\\u0065\\\\\" , 1 ] ").json, "[ 1 ] ");
  EXPECT_EQ(parsed("2 [ \"name\" ] ").json, "[]");
  EXPECT_EQ(parsed("2[7,1]").event, "7");  // a number is tolerated
  EXPECT_EQ(parsed("2[ -1.5e3 ]").event, "-1.5e3");
  EXPECT_EQ(parsed("2[7]").json, "[]");
}

TEST(RT1SocketPacket, NamespaceAndAckId) {
  const SocketPacket packet = parsed(R"(2/custom,7["name",1])");
  EXPECT_EQ(packet.name_space, "/custom");
  EXPECT_EQ(packet.ack_id, 7U);
  EXPECT_EQ(parsed(R"(212["name"])").ack_id, 12U);
  EXPECT_EQ(parsed(R"(20["name"])").ack_id, 0U);
  EXPECT_FALSE(parsed(R"(2["name"])").ack_id);
  EXPECT_EQ(parsed(R"(29007199254740991["name"])").ack_id, 9007199254740991U);
  const SocketPacket ack = parsed(R"(3/custom,7["ok",1])");
  EXPECT_EQ(ack.type, SocketPacketType::ack);
  EXPECT_EQ(ack.json, R"(["ok",1])");
  EXPECT_EQ(parsed("37[]").json, "[]");
}

TEST(RT1SocketPacket, BinaryHasItsCountAndPlaceholders) {
  const SocketPacket packet =
      parsed(R"(52-/custom,7["name",{"_placeholder":true,"num":1},[{"_placeholder":true,"num":0}]])");
  EXPECT_EQ(packet.type, SocketPacketType::binary_event);
  EXPECT_EQ(packet.attachment_count, 2U);
  EXPECT_EQ(packet.name_space, "/custom");
  EXPECT_EQ(packet.ack_id, 7U);
  EXPECT_EQ(packet.event, "name");
  EXPECT_EQ(parsed(R"(61-3[{"_placeholder":true,"num":0}])").type, SocketPacketType::binary_ack);
  EXPECT_EQ(parsed(R"(510-["name"])").attachment_count, 10U);
  EXPECT_EQ(parsed(R"(50-["name"])").attachment_count, 0U);
}

TEST(RT1SocketPacket, WhatIsRefused) {
  for (const std::string_view wrong : {
           "",
           "7",
           "abc",
           "-1",
           "9[]",  // no such type
           R"(2["a")",
           "2{",
           "2[\"a\",]",
           "2abc[\"a\"]",
           R"(2["a"]x)",
           "2[\"\xff\"]",  // bad JSON
           "2",
           "2{}",
           "2[]",
           "2null",
           R"(2"a")",
           "2[null]",
           "2[{}]",
           "2[[]]",
           "2[true]",  // no event
           "2/custom",
           "2/custom,",  // nor here
           R"(2-1["a"])",
           R"(21.5["a"])",
           R"(29007199254740992["a"])",
           R"(299999999999999999999["a"])",  // bad ack id
           "3[]",
           "37",
           "37{}",
           "37null",
           R"(61-["a"])",  // no ack
           "0[]",
           "0null",
           "0\"a\"",
           "0{",
           "07{}",  // no auth object
           "1{}",
           "1[]",
           "1/custom,[]",
           "17",                    // a disconnect carries nothing
           R"(4{"message":"no"})",  // only servers send that
           R"(5["a"])",
           R"(5-["a"])",
           R"(5x-["a"])",
           R"(511-["a"])",
           R"(5-1-["a"])",
           R"(51["a"])",
           "51-",
           "5",
           R"(21-["a"])",                                // attachments of a type that has none
           R"(51-["a",{"_placeholder":true,"num":1}])",  // out of range
           R"(51-["a",{"_placeholder":true,"num":-1}])",
           R"(51-["a",{"_placeholder":true,"num":"0"}])",
           R"(51-["a",{"_placeholder":true,"num":0.5}])",
           R"(51-["a",[[{"b":{"_placeholder":true}}]]])",
           R"(50-["a",{"_placeholder":true,"num":0}])",
           "2/\xff,[\"a\"]",
           "2/\x01,[\"a\"]",
       })
    EXPECT_FALSE(parse_socket_packet(wrong, {})) << wrong;
}

TEST(RT1SocketPacket, ReservedNamesAreRefused) {
  for (const std::string name :
       {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}) {
    EXPECT_FALSE(parse_socket_packet("2[\"" + name + "\"]", {})) << name;
    EXPECT_FALSE(parse_socket_packet("50-[\"" + name + "\"]", {})) << name;
    EXPECT_TRUE(parse_socket_packet("2[\"" + name + "s\"]", {})) << name;
  }
  EXPECT_FALSE(parse_socket_packet(R"(2["conn\u0065ct"])", {}));
}

TEST(RT1SocketPacket, Bounds) {
  const SocketPacketBounds bounds{.max_bytes = 60,
                                  .max_depth = 3,
                                  .max_elements = 4,
                                  .max_members = 2,
                                  .max_namespace_bytes = 5,
                                  .max_event_bytes = 4,
                                  .max_attachments = 2,
                                  .max_attachment_bytes = 10};
  const auto fits = [&](const std::string& text) { return parse_socket_packet(text, bounds).has_value(); };
  EXPECT_TRUE(fits("2[\"a\",\"" + std::string(51, 'x') + "\"]"));
  EXPECT_FALSE(fits("2[\"a\",\"" + std::string(52, 'x') + "\"]"));
  EXPECT_TRUE(fits(R"(2["a",[[1]]])"));
  EXPECT_FALSE(fits(R"(2["a",[[[1]]]])"));
  EXPECT_TRUE(fits(R"(2["a",1,2,3])"));
  EXPECT_FALSE(fits(R"(2["a",1,2,3,4])"));
  EXPECT_TRUE(fits(R"(0{"a":1,"b":1})"));
  EXPECT_FALSE(fits(R"(0{"a":1,"b":1,"c":1})"));
  EXPECT_TRUE(fits("0/1234"));
  EXPECT_FALSE(fits("0/12345"));
  EXPECT_TRUE(fits(R"(2["1234"])"));
  EXPECT_FALSE(fits(R"(2["12345"])"));
  EXPECT_TRUE(fits(R"(52-["a"])"));
  EXPECT_FALSE(fits(R"(53-["a"])"));
  // However deep, it is refused and not followed.
  EXPECT_FALSE(parse_socket_packet('2' + std::string(400'000, '['), {}));
}

TEST(RT1SocketPacket, WrittenAsClientsReadIt) {
  EXPECT_EQ(encode_connect("/", "abc"), R"(40{"sid":"abc"})");
  EXPECT_EQ(encode_connect("/custom", "abc"), R"(40/custom,{"sid":"abc"})");
  EXPECT_EQ(encode_connect_error("/", "no \"entry\""), R"(44{"message":"no \"entry\""})");
  EXPECT_EQ(encode_connect_error("/custom", "no", R"({"code":1})"), R"(44/custom,{"message":"no","data":{"code":1}})");
  EXPECT_EQ(encode_disconnect("/"), "41");
  EXPECT_EQ(encode_disconnect("/custom"), "41/custom,");
  EXPECT_EQ(encode_event("/", "name", "[]"), R"(42["name"])");
  EXPECT_EQ(encode_event("/", "name", " [ ] "), R"(42["name"])");
  EXPECT_EQ(encode_event("/", "na\"me", R"([1,"b"])"), R"(42["na\"me",1,"b"])");
  EXPECT_EQ(encode_event("/custom", "name", "[1]", 7), R"(42/custom,7["name",1])");
  EXPECT_EQ(encode_event("/", "name", R"([{"_placeholder":true,"num":0}])", std::nullopt, 1),
            R"(451-["name",{"_placeholder":true,"num":0}])");
  EXPECT_EQ(encode_ack("/", 7, "[1]"), "437[1]");
  EXPECT_EQ(encode_ack("/custom", 7, R"([{"_placeholder":true,"num":0}])", 1),
            R"(461-/custom,7[{"_placeholder":true,"num":0}])");
}

// What a client would read of what a server writes is what was written.
TEST(RT1SocketPacket, WhatIsWrittenIsRead) {
  const std::string text = encode_event("/x", "n\\\"\n", R"([{"a":"]"},[]])", 12, 3);
  const SocketPacket packet = parsed(std::string_view(text).substr(1));
  EXPECT_EQ(packet.name_space, "/x");
  EXPECT_EQ(packet.event, "n\\\"\n");
  EXPECT_EQ(packet.json, R"([{"a":"]"},[]])");
  EXPECT_EQ(packet.ack_id, 12U);
  EXPECT_EQ(packet.attachment_count, 3U);
}

}  // namespace
}  // namespace tiketi::realtime
