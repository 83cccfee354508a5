// JSON bodies: bounds on what is read, every wrong field told at once, and writing (SE1).

#include "server/json.hpp"
#include "server/json_writer.hpp"

#include <gtest/gtest.h>
#include <boost/json/object.hpp>

#include <cmath>
#include <string>

namespace tiketi::http {
namespace {

constexpr std::string_view some_uuid = "01900000-0000-7000-8000-00000000000a";

Request body(std::string text) {
  Request out;
  out.language = Language::english;
  out.body = std::move(text);
  return out;
}

/// The names of the fields that are wrong, with spaces between.
std::string wrong(const JsonFields& fields) {
  std::string why;
  const auto problem = parse_json(fields.refusal().body, why);
  std::string out;
  for (const auto& each : problem->at("errors").as_array())
    out += (out.empty() ? "" : " ") + std::string(each.at("field").as_string());
  return out;
}

bool parses(std::string_view text) {
  std::string why;
  return parse_json(text, why).has_value();
}

// Not at the end, when all of it is in memory already.
TEST(Json, BoundsEndTheReadingAsSoonAsTheyAreBroken) {
  const JsonBounds bounds{.max_elements = 3, .max_members = 2};
  const auto why = [&](std::string_view text) {
    std::string out;
    EXPECT_FALSE(parse_json(text, out, bounds)) << text;
    return out;
  };
  for (const std::string_view text :
       {"[1,2,3,4", "[1,-2,3.5,1e2", "[[],[],[],[", "[{},{},{},{", "[\"\",null,true,\"a\"",
        "[0,[1,2,3],{\"a\":[1]},false", "{\"a\":[1,2,3,18446744073709551615"})
    EXPECT_EQ(why(text), "an array has too many elements") << text;
  for (const std::string_view text : {R"({"a":1,"b":2,"c")", R"([{"a":1,"b":{"x":1}},{"a":1,"b":2,"c")"})
    EXPECT_EQ(why(text), "an object has too many members") << text;
  std::string ignored;
  EXPECT_TRUE(parse_json(R"([[1,2,3],{"a":[1,2,3],"b":{"c":1,"d":2}},[]])", ignored, bounds)) << ignored;
}

TEST(ParseJson, RefusesWhatIsMalformed) {
  for (const std::string_view bad : {"", "{", "[1,]", "{\"a\":}", "{'a':1}", "{\"a\":1} x", "{\"a\":1}{}", "nul", "01",
                                     "\"\xff\"", "\"\\ud800\"", "// no\n{}", "[1 2]", "\"a\nb\""})
    EXPECT_FALSE(parses(bad)) << bad;
  EXPECT_TRUE(parses(" {\"a\": [1, -2.5e3, true, null, \"\\u00e9\"]} \n"));
}

// A number that is no number any more could not be written again.
TEST(ParseJson, RefusesNumbersBeyondADouble) {
  std::string why;
  EXPECT_FALSE(parse_json("[1e400]", why));
  EXPECT_EQ(why, "a number is too large");
}

TEST(ParseJson, RefusesDuplicateKeysAtAnyDepth) {
  EXPECT_FALSE(parses(R"({"a":1,"a":2})"));
  EXPECT_FALSE(parses(R"({"a":1,"\u0061":2})"));
  EXPECT_FALSE(parses(R"({"x":[{"a":1,"b":{"c":1,"c":1}}]})"));
  EXPECT_TRUE(parses(R"({"a":{"a":1},"b":[{"a":1},{"a":2}]})"));
}

TEST(ParseJson, BoundsDepthAndSizes) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parses(nested(32)));
  EXPECT_FALSE(parses(nested(33)));
  EXPECT_FALSE(parses(std::string(500'000, '[')));
  const auto elements = [](std::size_t count) {
    std::string out = "[0";
    for (std::size_t i = 1; i < count; ++i) out += ",0";
    return out + "]";
  };
  EXPECT_TRUE(parses(elements(10'000)));
  EXPECT_FALSE(parses(elements(10'001)));
  EXPECT_FALSE(parses('"' + std::string(300'000, 'a') + '"'));
  EXPECT_FALSE(parses("{\"" + std::string(300, 'k') + "\":1}"));
  std::string wide = "{";
  for (int i = 0; i < 1'001; ++i) wide += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":0";
  EXPECT_FALSE(parses(wide + "}"));
}

TEST(JsonFields, ReadsWhatIsThere) {
  const Request request = body(R"({"name":"가 나","count":2,"on":true,"id":"01900000-0000-7000-8000-00000000000A",
    "ids":["01900000-0000-7000-8000-00000000000a"],"at":"2026-11-22T19:00:00","zoned":"2026-11-22T19:00:00Z",
    "kind":"card","inside":{"x":1},"list":[{"x":1},{"x":2}],"nothing":null,"unknown":{}})");
  JsonFields fields = read_json(request);
  EXPECT_EQ(fields.required_text("name"), "가 나");
  EXPECT_EQ(fields.required_integer("count", 1, 10), 2);
  EXPECT_TRUE(fields.required_boolean("on"));
  EXPECT_EQ(fields.required_id<EventId>("id").text(), some_uuid);
  EXPECT_EQ(fields.required_ids<SeatId>("ids", 5).size(), 1U);
  EXPECT_EQ(to_iso8601(fields.required_time("at")), "2026-11-22T10:00:00.000Z");
  EXPECT_EQ(to_iso8601(fields.required_time("zoned")), "2026-11-22T19:00:00.000Z");
  constexpr std::string_view kinds[] = {"point", "card"};
  EXPECT_EQ(fields.required_word("kind", kinds), 1U);
  EXPECT_EQ(fields.required_object("inside").required_integer("x", 0, 9), 1);
  std::vector<JsonFields> list = fields.objects("list", 1, 5);
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[1].required_integer("x", 0, 9), 2);
  EXPECT_EQ(fields.optional_text("nothing"), std::nullopt);
  EXPECT_EQ(fields.optional_integer("missing", 0, 9), std::nullopt);
  EXPECT_TRUE(fields.optional_ids<SeatId>("missing", 5).empty());
  EXPECT_FALSE(fields.failed());
}

// "2" or 1.5 as a quantity was accepted once, or answered with SQL text.
TEST(JsonFields, AnIntegerIsAnIntegerInRange) {
  for (const std::string_view bad :
       {"\"2\"", "1.5", "2.0", "true", "[2]", "0", "11", "-1", "1e0", "99999999999999999999", "null"}) {
    JsonFields fields = read_json(body(R"({"quantity":)" + std::string(bad) + "}"));
    fields.required_integer("quantity", 1, 10);
    EXPECT_EQ(wrong(fields), "quantity") << bad;
  }
}

TEST(JsonFields, EveryWrongFieldIsToldAtOnce) {
  JsonFields fields = read_json(body(R"({"id":"x","ids":["y","01900000-0000-7000-8000-00000000000a"],"name":"a\u0000b",
    "items":[{"quantity":1},{"quantity":"2"},7],"at":"yesterday","kind":"cash"})"));
  constexpr std::string_view kinds[] = {"point", "card"};
  fields.required_id<EventId>("id");
  fields.required_ids<SeatId>("ids", 5);
  fields.required_text("name");
  for (JsonFields& each : fields.objects("items", 1, 5)) each.required_integer("quantity", 1, 9);
  fields.required_time("at");
  fields.required_word("kind", kinds);
  fields.required_boolean("missing");
  fields.required_object("none").required_integer("x", 0, 1);
  fields.refuse("plan", {"안 됩니다.", "is not possible"});
  EXPECT_EQ(wrong(fields), "id ids[0] name items[2] items[1].quantity at kind missing none plan");
  EXPECT_EQ(fields.refusal().status, 400);
}

TEST(JsonFields, TextIsBoundedAndClean) {
  const auto read = [](std::string text, TextBounds bounds) {
    JsonFields fields = read_json(body(R"({"t":")" + text + "\"}"));
    fields.required_text("t", bounds);
    return !fields.failed();
  };
  EXPECT_TRUE(read("abc", {.max_bytes = 3}));
  EXPECT_FALSE(read("abcd", {.max_bytes = 3}));
  EXPECT_FALSE(read("", {}));
  EXPECT_TRUE(read("", {.min_bytes = 0}));
  EXPECT_FALSE(read(R"(a\nb)", {}));
  EXPECT_TRUE(read(R"(a\nb)", {.multi_line = true}));
}

TEST(JsonFields, ArraysOfIdsAreBounded) {
  const std::string id = '"' + std::string(some_uuid) + '"';
  for (const std::string& bad : {std::string("[]"), "[" + id + "," + id + "," + id + "]", id, std::string("{}")}) {
    JsonFields fields = read_json(body(R"({"ids":)" + bad + "}"));
    fields.required_ids<SeatId>("ids", 2);
    EXPECT_EQ(wrong(fields), "ids") << bad;
  }
}

TEST(JsonFields, WhatIsNoObjectIsRefusedOnce) {
  for (const std::string_view bad : {"[]", "7", "{", "\"x\""}) {
    JsonFields fields = read_json(body(std::string(bad)));
    fields.required_text("name");
    ASSERT_TRUE(fields.failed()) << bad;
    EXPECT_EQ(fields.refusal().status, 400);
    EXPECT_NE(fields.refusal().body.find("malformed_json"), std::string::npos);
  }
  EXPECT_FALSE(read_json(body("  \n")).failed());  // as good as {}
}

TEST(Parameters, AreReadLikeFields) {
  Request request;
  request.path_parameters.add("id", some_uuid);
  request.query_parameters.add("page", "3");
  request.query_parameters.add("limit", "abc");  // answered with SQL text once
  request.query_parameters.add("on", "true");
  Parameters parameters(request);
  EXPECT_EQ(parameters.path_id<EventId>("id").text(), some_uuid);
  EXPECT_TRUE(parameters.query_boolean("on", false));
  EXPECT_FALSE(parameters.failed());
  const Paging paging = read_paging(parameters, 10);
  EXPECT_EQ(paging.page, 3);
  EXPECT_TRUE(parameters.failed());
  EXPECT_NE(parameters.refusal().body.find(R"("field":"limit")"), std::string::npos);
}

TEST(Parameters, PagingIsBounded) {
  for (const auto& [name, value] :
       {std::pair{"page", "0"}, {"page", "-1"}, {"limit", "0"}, {"limit", "1001"}, {"limit", "1.5"}, {"limit", "2 "}}) {
    Request request;
    request.query_parameters.add(name, value);
    Parameters parameters(request);
    read_paging(parameters, 10);
    EXPECT_TRUE(parameters.failed()) << name << "=" << value;
  }
  Request plain;
  Parameters parameters(plain);
  EXPECT_EQ(read_paging(parameters, 20).limit, 20);
}

TEST(JsonWriter, WritesWhatAParserReads) {
  std::string out;
  JsonWriter(out).object([](JsonWriter& json) {
    json.member("text", "\"\\/\b\n\t\x01 가")
        .member("number", -5)
        .member("large", std::uint64_t{18446744073709551615U});
    json.member("real", 1.5).member("not_a_number", std::nan("")).member("truth", true).member("none", nullptr);
    json.member("maybe", std::optional<int>()).member("id", EventId{*parse_uuid(some_uuid)});
    json.member("at", Timestamp{0});
    json.array("list",
               [](JsonWriter& list) { list.value(1).object([](JsonWriter&) {}).array([](JsonWriter&) {}).value("x"); });
    json.key("raw").raw(R"({"a":1})");
  });
  EXPECT_EQ(
      out,
      R"({"text":"\"\\/\u0008\n\t\u0001 가","number":-5,"large":18446744073709551615,"real":1.5,"not_a_number":null,)"
      R"("truth":true,"none":null,"maybe":null,"id":"01900000-0000-7000-8000-00000000000a",)"
      R"("at":"1970-01-01T00:00:00.000Z","list":[1,{},[],"x"],"raw":{"a":1}})");
  EXPECT_TRUE(parses(out));
}

}  // namespace
}  // namespace tiketi::http
