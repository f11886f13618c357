#include "lib/grpc/schema.h"

#include <bit>
#include <catch2/catch.hpp>

#include "lib/doc/read.h"
#include "lib/grpc/describe.h"
#include "lib/grpc/json.h"
#include "lib/grpc/wire.h"

namespace weft::grpc {
namespace {

using namespace std::string_literals;

std::string in_set(std::string_view file) {
  std::string out;
  put_string(out, 1, file);
  return out;
}

const FileRow& shop() {
  static const FileRow file{
      .name = "shop.proto",
      .package = "shop",
      .messages = {{"Item",
                    {{"name", 1, FieldType::string},
                     {"unit_price", 2, FieldType::f64},
                     {"tags", 3, FieldType::string, "", true},
                     {"sizes", 4, FieldType::sint32, "", true},
                     {"kind", 5, FieldType::enumeration, "shop.Item.Kind"},
                     {"parts", 6, FieldType::message, "Item", true},
                     {"image", 7, FieldType::bytes},
                     {"stock", 8, FieldType::uint64},
                     {"delta", 9, FieldType::int32},
                     {"on_sale", 10, FieldType::boolean},
                     {"weight", 11, FieldType::f32},
                     {"code", 12, FieldType::fixed32},
                     {"since", 13, FieldType::message, "google.protobuf.Timestamp"},
                     {"delivery", 14, FieldType::message, "google.protobuf.Duration"},
                     {"limit", 15, FieldType::message, "google.protobuf.Int64Value"},
                     {"more", 16, FieldType::message, "google.protobuf.Struct"},
                     {"mask", 17, FieldType::message, "google.protobuf.FieldMask"},
                     {"missing", 18, FieldType::message, "other.Thing"}},
                    {{"Kind", {"PLAIN", "FANCY"}}}}},
      .services = {{"Cart", {{"Add", "Item", "Item"}, {"Watch", "Item", "Item", false, true}}}}};
  return file;
}

Schema schema_of(const FileRow& file) {
  Schema schema;
  REQUIRE(schema.add_set(in_set(describe(file)), "shop.binpb").ok());
  return schema;
}

base::Result<std::string> encode(const Schema& schema, std::string json,
                                 std::string_view message = "shop.Item") {
  const auto document = doc::read_json(doc::Source("body", std::move(json)));
  REQUIRE(document.ok());
  return encode_json(schema, message, *document);
}

std::string encoded(std::string json) {
  static const Schema schema = schema_of(shop());
  auto bytes = encode(schema, std::move(json));
  if (!bytes.ok()) FAIL(bytes.error().message);
  return *std::move(bytes);
}

std::string refusal(std::string json) {
  static const Schema schema = schema_of(shop());
  const auto bytes = encode(schema, std::move(json));
  REQUIRE_FALSE(bytes.ok());
  CHECK(bytes.error().where.line > 0);
  return bytes.error().message;
}

std::string varint(std::uint32_t number, std::uint64_t value) {
  std::string out;
  put_uint(out, number, value);
  return out;
}

std::string text(std::uint32_t number, std::string_view value) {
  std::string out;
  put_string(out, number, value);
  return out;
}

TEST_CASE("a descriptor set tells of methods, messages and enumerations") {
  const Schema schema = schema_of(shop());
  CHECK(schema.method_names() == std::vector<std::string>{"shop.Cart/Add", "shop.Cart/Watch"});
  const MethodType* watch = schema.find_method("shop.Cart/Watch");
  REQUIRE(watch != nullptr);
  CHECK(watch->input == "shop.Item");
  CHECK(watch->server_streams);
  CHECK_FALSE(watch->client_streams);
  const MessageType* item = schema.find_message("shop.Item");
  REQUIRE(item != nullptr);
  CHECK(item->find("unitPrice") == item->find("unit_price"));
  CHECK(item->find("sizes")->packed);
  CHECK_FALSE(item->find("tags")->packed);
  CHECK(schema.find_enum("shop.Item.Kind")->values[1].second == 1);
  CHECK(schema.missing_files().empty());
}

TEST_CASE("what is not a descriptor set is refused, also when it is cut off") {
  Schema schema;
  const std::string good = in_set(describe(shop()));
  for (const std::string& bad : {""s, "syntax = \"proto3\";"s, good.substr(0, good.size() / 2)}) {
    const auto added = schema.add_set(bad, "x.proto");
    REQUIRE_FALSE(added.ok());
    CHECK(added.error().message == "x.proto is not a descriptor set");
  }
}

TEST_CASE("imports that did not come along are named") {
  std::string file = describe(shop());
  put_string(file, 3, "google/protobuf/timestamp.proto");
  Schema schema;
  REQUIRE(schema.add_file(file, "server").ok());
  CHECK(schema.missing_files() == std::vector<std::string>{"google/protobuf/timestamp.proto"});
}

TEST_CASE("JSON becomes the bytes that Protocol Buffers define") {
  CHECK(encoded("{}").empty());
  CHECK(encoded(R"({"name": "tea", "delta": -1})") ==
        text(1, "tea") + varint(9, static_cast<std::uint64_t>(-1)));
  CHECK(encoded(R"({"unit_price": 1.5})") == "\x11\0\0\0\0\0\0\xf8\x3f"s);
  CHECK(encoded(R"({"unitPrice": "NaN"})").size() == 9);
  CHECK(encoded(R"({"tags": ["a", "b"]})") == text(3, "a") + text(3, "b"));
  CHECK(encoded(R"({"sizes": [1, -1, 150]})") == text(4, "\x02\x01\xac\x02"));
  CHECK(encoded(R"({"kind": "FANCY"})") == varint(5, 1));
  CHECK(encoded(R"({"kind": 7})") == varint(5, 7));
  CHECK(encoded(R"({"parts": [{"name": "leaf"}, {}]})") == text(6, text(1, "leaf")) + text(6, ""));
  CHECK(encoded(R"({"image": "AAH_"})") == text(7, "\x00\x01\xff"s));
  CHECK(encoded(R"({"stock": "18446744073709551615"})") == varint(8, UINT64_MAX));
  CHECK(encoded(R"({"onSale": true, "weight": 0.5})") == varint(10, 1) + "\x5d\0\0\0\x3f"s);
  CHECK(encoded(R"({"code": 1})") == "\x65\1\0\0\0"s);
  CHECK(encoded(R"({"name": null})").empty());
}

TEST_CASE("types with a JSON form of their own are written in it") {
  CHECK(encoded(R"({"since": "1970-01-01T00:00:01.5Z"})") ==
        text(13, varint(1, 1) + varint(2, 500'000'000)));
  CHECK(encoded(R"({"since": "1969-12-31T23:59:59.5Z"})") ==
        text(13, varint(1, static_cast<std::uint64_t>(-1)) + varint(2, 500'000'000)));
  CHECK(encoded(R"({"delivery": "-1.5s"})") ==
        text(14, varint(1, static_cast<std::uint64_t>(-1)) +
                     varint(2, static_cast<std::uint64_t>(-500'000'000))));
  CHECK(encoded(R"({"limit": "5"})") == text(15, varint(1, 5)));
  CHECK(encoded(R"({"more": {"a": [true, null]}})") ==
        text(16, text(1, text(1, "a") +
                             text(2, text(6, text(1, varint(4, 1)) + text(1, varint(1, 0)))))));
  CHECK(encoded(R"({"mask": "unitPrice,name"})") ==
        text(17, text(1, "unit_price") + text(1, "name")));
}

TEST_CASE("a map in JSON is a message for each entry") {
  FileRow file = shop();
  file.messages.push_back({"Counts",
                           {{"by_name", 1, FieldType::message, "Entry", true},
                            {"by_flag", 2, FieldType::message, "Flags", true}}});
  file.messages.push_back(
      {"Entry", {{"key", 1, FieldType::string}, {"value", 2, FieldType::int64}}, {}, true});
  file.messages.push_back(
      {"Flags", {{"key", 1, FieldType::boolean}, {"value", 2, FieldType::string}}, {}, true});
  const auto bytes = encode(
      schema_of(file), R"({"byName": {"a": 1, "b": "2"}, "byFlag": {"true": "x"}})", "shop.Counts");
  REQUIRE(bytes.ok());
  CHECK(*bytes == text(1, text(1, "a") + varint(2, 1)) + text(1, text(1, "b") + varint(2, 2)) +
                      text(2, varint(1, 1) + text(2, "x")));
}

TEST_CASE("what does not fit is refused with its place and the next best name") {
  CHECK(refusal(R"({"nmae": "tea"})") == "shop.Item has no field nmae (did you mean name?)");
  CHECK(refusal(R"({"kind": "FANCI"})") ==
        "shop.Item.Kind has no value FANCI (did you mean FANCY?)");
  CHECK(refusal(R"({"delta": 2147483648})") == "delta is a whole number of 32 bits, not integer");
  CHECK(refusal(R"({"delta": 1.5})") == "delta is a whole number of 32 bits, not number");
  CHECK(refusal(R"({"stock": -1})") ==
        "stock is a whole number of 64 bits, not negative, not integer");
  CHECK(refusal(R"({"tags": "a"})") == "tags is repeated: a list in JSON");
  CHECK(refusal(R"({"parts": [[]]})") == "shop.Item is an object in JSON");
  CHECK(refusal(R"({"image": "%%"})") == "image is a string in base64, not string");
  CHECK(refusal(R"({"onSale": 1})") == "onSale is true or false, not integer");
  CHECK(refusal(R"({"since": "today"})") == "a Timestamp is written as \"2026-03-01T12:00:00.5Z\"");
  CHECK(refusal(R"({"delivery": "5m"})") == "a Duration is written in seconds, as \"1.5s\"");
  CHECK(refusal(R"({"missing": {}})") == "the descriptors do not describe other.Thing");
}

TEST_CASE("the services that are built in need no descriptors") {
  const Schema& schema = builtin_schema();
  REQUIRE(schema.find_method("grpc.health.v1.Health/Watch") != nullptr);
  const auto bytes = encode(schema, R"({"seq": 7, "payload": "x"})", "fgrpc.PingMessage");
  REQUIRE(bytes.ok());
  CHECK(*bytes == varint(1, 7) + text(3, "x"));
}

}  // namespace
}  // namespace weft::grpc
