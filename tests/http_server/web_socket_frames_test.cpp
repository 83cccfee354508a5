// RT1: the frames of RFC 6455, without a network.

#include "server/web_socket_frames.hpp"

#include "http_server/web_socket_client.hpp"
#include "server/web_socket_handshake.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tiketi::test {
namespace {

using namespace http;

/// What comes of the bytes, given in pieces of that size: `text:hello`, `close:1000:bye`, `failed:1002`; of
/// long payloads the size.
std::vector<std::string> events_of(std::string bytes, std::size_t piece = 1'000'000'000, std::size_t most_bytes = 1'000,
                                   std::size_t most_frames = 10) {
  FrameReader reader(most_bytes, most_frames);
  std::vector<std::string> out;
  std::span<char> left = bytes;
  while (true) {
    std::span<char> next = left.first(std::min(piece, left.size()));
    left = left.subspan(next.size());
    FrameReader::Event event = FrameReader::Event::more;
    do {
      std::size_t used = 0;
      event = reader.put(next, used);
      next = next.subspan(used);
      static constexpr const char* names[] = {"", "text:", "binary:", "ping:", "pong:", "close:", "failed:"};
      if (event == FrameReader::Event::more) break;
      std::string text = names[static_cast<int>(event)];
      if (event >= FrameReader::Event::close) text += std::to_string(reader.code());
      if (event == FrameReader::Event::close) text += ":";
      if (reader.payload().size() > 300) text += std::to_string(reader.payload().size());
      else text += reader.payload();
      out.push_back(std::move(text));
    } while (event != FrameReader::Event::failed);
    if (event == FrameReader::Event::failed || left.empty()) return out;
  }
}

using Events = std::vector<std::string>;

TEST(WebSocketFrames, AreReadHoweverTheyArrive) {
  const std::string large(70'000, 'x');
  const std::string medium(200, 'y');
  const std::string bytes = frame_bytes(text_frame, "안녕") + frame_bytes(0x02, "one ") +
                            frame_bytes(ping_frame, "still?") + frame_bytes(0x00, "two ") + frame_bytes(0x00, "") +
                            frame_bytes(0x80, "three") + frame_bytes(text_frame, "") +
                            frame_bytes(binary_frame, medium) + frame_bytes(binary_frame, large) +
                            frame_bytes(pong_frame, "") + close_bytes(1000, "bye");
  const Events expected = {"text:안녕",    "ping:still?", "binary:one two three", "text:", "binary:" + medium,
                           "binary:70000", "pong:",       "close:1000:bye"};
  for (const std::size_t piece : {1U, 2U, 3U, 5U, 7U, 64U, 4'096U, 1'000'000U})
    EXPECT_EQ(events_of(bytes, piece, 100'000), expected) << piece;
}

TEST(WebSocketFrames, ThatBreakTheProtocolEndIt) {
  const auto refused = [](std::string bytes, const char* code, std::size_t piece = 1'000) {
    EXPECT_EQ(events_of(std::move(bytes), piece), Events{std::string("failed:") + code});
  };
  refused(frame_bytes(text_frame, "plain", false), "1002");
  refused(frame_bytes(0xc1, "reserved bit"), "1002");
  refused(frame_bytes(0x83, "unknown opcode"), "1002");
  refused(frame_bytes(0x8b, "unknown control"), "1002");
  refused(frame_bytes(0x09, "a ping in parts"), "1002");
  refused(frame_bytes(ping_frame, std::string(126, 'x')), "1002");
  refused(frame_bytes(0x80, "goes on from nothing"), "1002");
  refused(frame_bytes(0x01, "one") + frame_bytes(0x01, "another"), "1002");
  refused(std::string("\x82\xfe\x00\x7d\x00\x00\x00\x00", 8), "1002");                           // 125 in two bytes
  refused(std::string("\x82\xff\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x00\x00", 14), "1002");  // 65535 in eight
  refused(std::string("\x82\xff\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 14), "1002");
  refused(frame_bytes(close_frame, "x"), "1002");
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 2999, 5000}) refused(close_bytes(code), "1002");
}

TEST(WebSocketFrames, TextIsUtf8) {
  for (const std::size_t piece : {1U, 1'000U}) {
    for (const char* bad : {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xea\xb0"})
      EXPECT_EQ(events_of(frame_bytes(text_frame, bad), piece), Events{"failed:1007"});
    EXPECT_EQ(events_of(close_bytes(1000, "\xff"), piece), Events{"failed:1007"});
    EXPECT_EQ(events_of(frame_bytes(binary_frame, "\xff"), piece), Events{"binary:\xff"});
    // A character may be cut by frames.
    EXPECT_EQ(events_of(frame_bytes(0x01, "\xea\xb0") + frame_bytes(0x80, "\x80"), piece), Events{"text:가"});
  }
}

TEST(WebSocketFrames, AreBounded) {
  EXPECT_EQ(events_of(frame_bytes(binary_frame, std::string(1'000, 'x'))).size(), 1U);
  EXPECT_EQ(events_of(frame_bytes(binary_frame, std::string(1'001, 'x'))), Events{"failed:1009"});
  EXPECT_EQ(events_of(frame_bytes(0x02, std::string(600, 'x')) + frame_bytes(0x80, std::string(401, 'x'))),
            Events{"failed:1009"});
  // By what is announced: nothing needs to be kept until then.
  EXPECT_EQ(events_of(std::string("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00", 14)),
            Events{"failed:1009"});
  std::string frames = frame_bytes(0x02, "");
  for (int i = 0; i < 9; ++i) frames += frame_bytes(0x00, "");
  EXPECT_EQ(events_of(frames), Events{});
  EXPECT_EQ(events_of(frames + frame_bytes(0x80, "")), Events{"failed:1008"});
}

TEST(WebSocketFrames, AnUnfinishedMessageIsTheOnlyThingKept) {
  FrameReader reader(1'000'000, 10);
  std::size_t used = 0;
  std::string part = frame_bytes(0x02, std::string(50'000, 'x'));
  EXPECT_EQ(reader.put(part, used), FrameReader::Event::more);
  EXPECT_GE(reader.held(), 50'000U);
  std::string rest = frame_bytes(0x80, "");
  EXPECT_EQ(reader.put(rest, used), FrameReader::Event::binary);
  EXPECT_EQ(reader.put({}, used), FrameReader::Event::more);
  EXPECT_EQ(reader.held(), 0U);
  // A large announcement alone takes little.
  std::string head("\x82\xff\x00\x00\x00\x00\x00\x0f\x00\x00\x00\x00\x00\x00", 14);
  EXPECT_EQ(reader.put(head, used), FrameReader::Event::more);
  EXPECT_LE(reader.held(), 70'000U);
}

TEST(WebSocketFrames, AreWrittenInTheShortestForm) {
  const auto head_of = [](std::size_t size) {
    const Chunk chunk = make_frame(Opcode::binary, make_payload(std::string(size, 'x')));
    return std::string(chunk.head.data(), chunk.head_size);
  };
  EXPECT_EQ(head_of(0), std::string("\x82\x00", 2));
  EXPECT_EQ(head_of(125), "\x82\x7d");
  EXPECT_EQ(head_of(126), std::string("\x82\x7e\x00\x7e", 4));
  EXPECT_EQ(head_of(65'535), "\x82\x7e\xff\xff");
  EXPECT_EQ(head_of(65'536), std::string("\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10));
  EXPECT_EQ(close_payload(1001, ""), "\x03\xe9");
  EXPECT_EQ(close_payload(1001, std::string(200, 'x')).size(), 125U);
  std::string long_reason = "x";
  for (int i = 0; i < 60; ++i) long_reason += "가";
  EXPECT_EQ(close_payload(1001, long_reason).size(), 2 + 1 + 40 * 3U);  // not in the middle of a character
}

TEST(WebSocketHandshake, AnswersTheKeyOfTheRfc) {
  EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(SendQueue, GathersWhatIsLeftAndForgetsWhatIsSent) {
  SendQueue queue;
  const Payload shared = make_payload(std::string(300, 'x'));
  for (int i = 0; i < 200; ++i) queue.add(make_frame(Opcode::binary, shared), i == 0 ? 3 : 0);
  EXPECT_EQ(queue.bytes(), 200 * 304 - 3U);
  EXPECT_EQ(shared.use_count(), 201);
  SendQueue::Buffers buffers;
  EXPECT_EQ(queue.gather(buffers), SendQueue::most_buffers);
  EXPECT_EQ(buffers[0].size(), 1U);
  EXPECT_EQ(buffers[1].size(), 300U);
  queue.sent(1 + 300 + 304 * 149 + 10);
  EXPECT_EQ(queue.messages(), 50U);
  EXPECT_EQ(shared.use_count(), 51);
  queue.gather(buffers);
  EXPECT_EQ(buffers[0].size(), 294U);
  queue.drop_unsent();
  EXPECT_EQ(queue.messages(), 1U);  // of which a part is sent
  EXPECT_EQ(queue.bytes(), 294U);
  queue.sent(294);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(shared.use_count(), 1);
  queue.add(make_frame(Opcode::binary, shared));
  queue.drop_unsent();
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.bytes(), 0U);
  queue.add(make_frame(Opcode::text, make_payload("after")));
  EXPECT_EQ(queue.gather(buffers), 2U);
}

}  // namespace
}  // namespace tiketi::test
