// bench http: answers are read truly, however they arrive.

#include "load/response_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tiketi::load {
namespace {

using State = ResponseReader::State;

const std::string plain =
    "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nETag: \"v7\"\r\nContent-Length: 11\r\n\r\n{\"a\":\"b "
    "c\"}";
const std::string chunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    "5\r\nhello\r\n1;name=value\r\n \r\n5\r\nworld\r\n0\r\nTrailer: x\r\n\r\n";
const std::string unchanged = "HTTP/1.1 304 Not Modified\r\nETag: \"v7\"\r\n\r\n";
const std::string empty = "HTTP/1.1 204 No Content\r\n\r\n";
const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n" + plain;

struct Case {
  std::string bytes;
  unsigned status;
  std::string body;
};
const std::vector<Case> cases{{plain, 201, R"({"a":"b c"})"},
                              {chunked, 200, "hello world"},
                              {unchanged, 304, ""},
                              {empty, 204, ""},
                              {interim, 201, R"({"a":"b c"})"}};

void expect_answer(const ResponseReader& reader, const Case& expected) {
  EXPECT_EQ(reader.response().status, expected.status);
  EXPECT_EQ(reader.response().body, expected.body);
  EXPECT_TRUE(reader.response().keep_alive);
}

TEST(ResponseReader, AnAnswerMayBeSplitAnywhere) {
  for (const Case& each : cases) {
    ResponseReader reader;
    for (std::size_t split = 1; split < each.bytes.size(); ++split) {
      ASSERT_EQ(reader.put(each.bytes.substr(0, split)), State::more) << each.bytes << " at " << split;
      ASSERT_EQ(reader.put(each.bytes.substr(split)), State::done) << each.bytes << " at " << split << reader.error();
      expect_answer(reader, each);
    }
  }
}

TEST(ResponseReader, AnAnswerMayComeByteByByte) {
  ResponseReader reader;
  for (const Case& each : cases) {
    for (std::size_t i = 0; i + 1 < each.bytes.size(); ++i)
      ASSERT_EQ(reader.put(each.bytes.substr(i, 1)), State::more) << each.bytes << " at " << i;
    ASSERT_EQ(reader.put(each.bytes.substr(each.bytes.size() - 1)), State::done);
    expect_answer(reader, each);
  }
}

TEST(ResponseReader, TellsWhatTheDriverLooksAt) {
  ResponseReader reader;
  ASSERT_EQ(reader.put(plain), State::done);
  EXPECT_EQ(reader.response().etag, "\"v7\"");
  EXPECT_EQ(reader.response().content_encoding, "");
  ASSERT_EQ(reader.put(chunked), State::done);
  EXPECT_EQ(reader.response().etag, "") << "nothing is left of the last answer";
  EXPECT_EQ(reader.response().content_encoding, "gzip");
  ASSERT_EQ(reader.put("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), State::done);
  EXPECT_FALSE(reader.response().keep_alive);
}

TEST(ResponseReader, WithoutALengthTheEndOfTheConnectionEndsIt) {
  ResponseReader reader;
  ASSERT_EQ(reader.put("HTTP/1.1 200 OK\r\n\r\nall there"), State::more);
  ASSERT_EQ(reader.put(" is"), State::more);
  ASSERT_EQ(reader.end(), State::done);
  EXPECT_EQ(reader.response().body, "all there is");
  EXPECT_FALSE(reader.response().keep_alive);
}

TEST(ResponseReader, AnEndInTheMiddleIsBroken) {
  for (const std::size_t length : {std::size_t{0}, std::size_t{20}, plain.size() - 1}) {
    ResponseReader reader;
    if (length > 0) {
      EXPECT_EQ(reader.put(plain.substr(0, length)), State::more);
    }
    EXPECT_EQ(reader.end(), State::broken) << length;
    EXPECT_FALSE(reader.error().empty());
  }
}

TEST(ResponseReader, BytesThatNobodyAskedForAreBroken) {
  EXPECT_EQ(ResponseReader().put(plain + "HTTP"), State::broken);
  EXPECT_EQ(ResponseReader().put(plain + plain), State::broken);
}

TEST(ResponseReader, WhatIsNotHttpIsBroken) {
  for (const char* bytes : {"hello\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"})
    EXPECT_EQ(ResponseReader().put(bytes), State::broken) << bytes;
}

TEST(ResponseReader, BoundsHold) {
  EXPECT_EQ(ResponseReader().put("HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n"), State::broken);
  EXPECT_EQ(ResponseReader().put("HTTP/1.1 200 OK\r\nName: " + std::string(100'000, 'x')), State::broken);

  ResponseReader endless;
  ASSERT_EQ(endless.put("HTTP/1.1 200 OK\r\n\r\n"), State::more);
  const std::string megabyte(1 << 20, 'x');
  State state = State::more;
  for (int i = 0; i < 100 && state == State::more; ++i) state = endless.put(megabyte);
  EXPECT_EQ(state, State::broken);
}

}  // namespace
}  // namespace tiketi::load
