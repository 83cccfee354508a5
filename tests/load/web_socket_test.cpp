// bench http: frames are read truly, however they arrive, and written as RFC 6455 wants them of a client.

#include "load/web_socket.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tiketi::load {
namespace {

using State = FrameReader::State;

/// A server's frame.
std::string frame(Opcode opcode, std::string_view payload) {
  std::string out(1, static_cast<char>(0x80 | static_cast<int>(opcode)));
  const int length_bytes = payload.size() < 126 ? 0 : payload.size() < 65'536 ? 2 : 8;
  out += static_cast<char>(length_bytes == 0 ? payload.size() : length_bytes == 2 ? 126U : 127U);
  for (int i = length_bytes - 1; i >= 0; --i) out += static_cast<char>(payload.size() >> (8 * i) & 0xff);
  return out.append(payload);
}

struct Got {
  Opcode opcode;
  std::string payload;
  bool operator==(const Got&) const = default;
};

const std::vector<Got> frames{{Opcode::text, R"(42["seat-locked",{"seatId":"a"}])"},
                              {Opcode::text, ""},
                              {Opcode::ping, "p"},
                              {Opcode::text, std::string(125, 'b')},
                              {Opcode::text, std::string(126, 'c')},
                              {Opcode::binary, std::string(65'535, 'd')},
                              {Opcode::text, std::string(65'536, 'e')},
                              {Opcode::close, "\x03\xe8"}};

std::string all_bytes() {
  std::string out;
  for (const Got& each : frames) out += frame(each.opcode, each.payload);
  return out;
}

/// All frames that are whole now.
void read(FrameReader& reader, std::string_view bytes, std::vector<Got>& out) {
  Frame got;
  State state = State::more;
  while ((state = reader.next(bytes, got)) == State::done) out.push_back({got.opcode, std::string(got.payload)});
  ASSERT_EQ(state, State::more);
  EXPECT_TRUE(bytes.empty()) << "what is not told yet is kept";
}

TEST(FrameReader, FramesMayComeInPiecesOfAnySize) {
  const std::string bytes = all_bytes();
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, std::size_t{64},
                                  std::size_t{1'000}, std::size_t{70'000}, bytes.size()}) {
    FrameReader reader;
    std::vector<Got> got;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
      read(reader, std::string_view(bytes).substr(at, piece), got);
    EXPECT_EQ(got, frames) << piece;
  }
}

TEST(FrameReader, TwoFramesMayBeSplitAnywhere) {
  const std::string bytes = frame(Opcode::text, std::string(130, 'a')) + frame(Opcode::text, "b");
  for (std::size_t split = 0; split <= bytes.size(); ++split) {
    FrameReader reader;
    std::vector<Got> got;
    read(reader, std::string_view(bytes).substr(0, split), got);
    read(reader, std::string_view(bytes).substr(split), got);
    EXPECT_EQ(got, (std::vector<Got>{{Opcode::text, std::string(130, 'a')}, {Opcode::text, "b"}})) << split;
  }
}

TEST(FrameReader, WhatNoServerSendsIsBroken) {
  const std::string continued = frame(Opcode::continuation, "a");
  for (const std::string& bytes : {std::string("\x01\x01") + "a",        // the first of several fragments
                                   continued,                            // and another one
                                   std::string("\x81\x81\0\0\0\0a", 7),  // masked
                                   std::string("\xc1\x01") + "a",        // compressed
                                   std::string("\x83\x01") + "a",        // opcodes that mean nothing
                                   std::string("\x8b\x01") + "a"}) {
    FrameReader whole, in_pieces;
    std::string_view rest = bytes;
    Frame got;
    EXPECT_EQ(whole.next(rest, got), State::broken) << ::testing::PrintToString(bytes);
    std::string_view first(bytes.data(), 1), second(bytes.data() + 1, 1);
    EXPECT_EQ(in_pieces.next(first, got), State::more);
    EXPECT_EQ(in_pieces.next(second, got), State::broken) << ::testing::PrintToString(bytes);
  }
}

TEST(FrameReader, AFrameBeyondTheBoundIsBrokenBeforeItComes) {
  std::string head("\x81\x7f\0\0\0\0\0\0\0\0", 10);
  std::uint64_t size = FrameReader::max_payload_bytes + 1;
  for (std::size_t i = 9; i >= 2; --i, size >>= 8) head[i] = static_cast<char>(size & 0xff);
  Frame got;
  std::string_view bytes = head;
  EXPECT_EQ(FrameReader().next(bytes, got), State::broken);
  head.replace(2, 8, 8, '\xff');
  bytes = head;
  EXPECT_EQ(FrameReader().next(bytes, got), State::broken);
}

TEST(ClientFrame, IsTheMaskedHelloOfTheStandard) {
  std::string out;
  append_frame(out, Opcode::text, "Hello");
  EXPECT_EQ(out, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");  // RFC 6455 5.7
}

TEST(ClientFrame, HasTheShortestLength) {
  for (const auto& [size, head] : {std::pair<std::size_t, std::string>{125, "\x81\xfd"},
                                   {126, std::string("\x81\xfe\x00\x7e", 4)},
                                   {65'535, "\x81\xfe\xff\xff"},
                                   {65'536, std::string("\x81\xff\0\0\0\0\0\x01\0\0", 10)}}) {
    std::string out;
    append_frame(out, Opcode::text, std::string(size, 'x'));
    EXPECT_EQ(out.substr(0, head.size()), head);
    EXPECT_EQ(out.size(), head.size() + 4 + size) << "the head, the mask, and what is said";
  }
}

TEST(Handshake, OnlyTheRightAnswerMakesAWebSocket) {
  std::string request;
  append_web_socket_request(request, {"example.com:81", "127.0.0.1", 81}, "/socket.io/?EIO=4");
  EXPECT_TRUE(request.starts_with("GET /socket.io/?EIO=4 HTTP/1.1\r\nHost: example.com:81\r\n")) << request;
  EXPECT_NE(request.find("\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), request.npos);
  EXPECT_TRUE(request.ends_with("\r\n\r\n"));

  const std::string head = "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: ";
  EXPECT_EQ(refusal_in(head + "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"), "");
  EXPECT_EQ(refusal_in(head + "dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"), "the server has not seen the key");
  EXPECT_EQ(refusal_in("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), "HTTP/1.1 400 Bad Request");
  EXPECT_EQ(refusal_in("\r\n\r\n"), "the answer is not HTTP");
}

}  // namespace
}  // namespace tiketi::load
