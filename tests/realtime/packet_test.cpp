// RT1: packets of Engine.IO and payloads of long-polling, as the protocol writes them.

#include "realtime/packet.hpp"

#include <gtest/gtest.h>

namespace tiketi::realtime {
namespace {

TEST(RT1Packet, TypeAndText) {
  for (const char type : {'0', '1', '2', '3', '4', '5', '6'}) {
    const std::string text = type + std::string("probe");
    const auto packet = decode_packet(text);
    ASSERT_TRUE(packet) << text;
    EXPECT_EQ(static_cast<char>(packet->type), type);
    EXPECT_EQ(packet->data, "probe");
    EXPECT_FALSE(packet->binary);
  }
  EXPECT_EQ(decode_packet("4")->data, "");
}

TEST(RT1Packet, UnknownTypesAreRefused) {
  for (const std::string_view wrong : {"", "abc", "7", "9hello", "b", "bAQID", " 4", "-1", "/", ":"})
    EXPECT_FALSE(decode_packet(wrong)) << wrong;
}

TEST(RT1Payload, PacketsAreJoinedByRecordSeparators) {
  const auto packets = decode_payload(
      "4hello\x1e"
      "2\x1e"
      "4world",
      {});
  ASSERT_TRUE(packets);
  ASSERT_EQ(packets->size(), 3U);
  EXPECT_EQ((*packets)[0].data, "hello");
  EXPECT_EQ((*packets)[1].type, PacketType::ping);
  EXPECT_EQ((*packets)[2].data, "world");
}

TEST(RT1Payload, BinaryIsBase64BehindAB) {
  const auto packets = decode_payload(
      "4hello\x1e"
      "bAQIDBA==",
      {});
  ASSERT_TRUE(packets);
  EXPECT_EQ((*packets)[1].type, PacketType::message);
  EXPECT_EQ((*packets)[1].binary, "\x01\x02\x03\x04");
  EXPECT_TRUE((*packets)[1].data.empty());

  std::string payload;
  append_packet(payload, "4hello");
  append_binary(payload, "\x01\x02\x03\x04");
  EXPECT_EQ(payload,
            "4hello\x1e"
            "bAQIDBA==");
}

TEST(RT1Payload, OneBadPacketRefusesAll) {
  for (const std::string_view wrong : {"", "abc", "4a\x1e", "\x1e",
                                       "\x1e"
                                       "4a",
                                       "4a\x1e\x1e"
                                       "4b",
                                       "4a\x1ex", "bAQI", "b!!!!",
                                       "4a\x1e"
                                       "bAQIDB==="})
    EXPECT_FALSE(decode_payload(wrong, {})) << wrong;
}

TEST(RT1Payload, BoundsOnBytesAndPackets) {
  EXPECT_TRUE(decode_payload("4abcd", {.max_bytes = 5, .max_packets = 1}));
  EXPECT_FALSE(decode_payload("4abcde", {.max_bytes = 5, .max_packets = 1}));
  EXPECT_TRUE(
      decode_payload("4\x1e"
                     "4",
                     {.max_bytes = 5, .max_packets = 2}));
  EXPECT_FALSE(
      decode_payload("4\x1e"
                     "4\x1e"
                     "4",
                     {.max_bytes = 5, .max_packets = 2}));
}

}  // namespace
}  // namespace tiketi::realtime
