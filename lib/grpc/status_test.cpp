#include "lib/grpc/status.h"

#include <catch2/catch.hpp>

#include "lib/grpc/wire.h"

namespace weft::grpc {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

TEST_CASE("a message for people survives the trailers, whatever its bytes") {
  CHECK(encode_message("no route\nfrom 100% here\xc3\xa9") == "no route%0Afrom 100%25 here%C3%A9");
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  CHECK(encode_message(" a b ") == "%20a b%20");  // a peer drops fields that end in a blank
  CHECK(decode_message(encode_message(all)) == all);
}

TEST_CASE("a message with broken escapes is shown as it came") {
  CHECK(decode_message("50% off, %zz, %4") == "50% off, %zz, %4");
  CHECK(decode_message("%e2%82%ac") == "\xe2\x82\xac");
}

TEST_CASE("statuses are read as numbers, those nobody defined are unknown") {
  CHECK(parse_status("0") == StatusCode::ok);
  CHECK(parse_status("14") == StatusCode::unavailable);
  CHECK(parse_status("17") == StatusCode::unknown);
  CHECK_FALSE(parse_status("OK"));
  CHECK_FALSE(parse_status(""));
  CHECK(status_name(StatusCode::deadline_exceeded) == "DEADLINE_EXCEEDED");
}

TEST_CASE("deadlines have at most eight digits, and are never shorter than meant") {
  CHECK(encode_timeout(0ns) == "0n");
  CHECK(encode_timeout(50ms) == "50000000n");
  CHECK(encode_timeout(1s) == "1000000u");
  CHECK(encode_timeout(10s + 1ns) == "10000001u");
  CHECK(encode_timeout(100h) == "360000S");
  CHECK(encode_timeout(base::Nanoseconds::max()) == "2562048H");
  CHECK(parse_timeout("50m") == 50ms);
  CHECK(parse_timeout("99999999H") > 2'000'000h);
  for (const std::string_view bad : {"", "5", "m", "1.5S", "123456789n", "5x", "-1S"})
    CHECK_FALSE(parse_timeout(bad));
}

TEST_CASE("the content type of gRPC is told from those that begin alike") {
  CHECK(is_grpc("application/grpc"));
  CHECK(is_grpc("application/grpc+proto"));
  CHECK(is_grpc("Application/GRPC;charset=utf-8"));
  CHECK_FALSE(is_grpc("application/grpc-web"));
  CHECK_FALSE(is_grpc("text/html"));
}

TEST_CASE("fields of Protocol Buffers are read as they were written") {
  std::string bytes;
  put_uint(bytes, 1, 300);
  put_string(bytes, 2, "shop");
  put_fixed32(bytes, 3, 0x01020304);
  put_fixed64(bytes, kMaxFieldNumber, 5);
  put_uint(bytes, 5, zigzag(-2));
  CHECK(bytes.substr(0, 3) == "\x08\xac\x02");
  WireReader reader(bytes);
  CHECK(reader.next()->value == 300);
  CHECK(reader.next()->bytes == "shop");
  CHECK(reader.next()->value == 0x01020304);
  const auto last = reader.next();
  CHECK(last->number == kMaxFieldNumber);
  CHECK(last->value == 5);
  CHECK(reader.next()->value == 3);
  CHECK_FALSE(reader.next());
  CHECK_FALSE(reader.failed());
}

TEST_CASE("groups are left out, and what is cut off or malformed is a failure") {
  const std::string bytes = "\x0b\x10\x05\x0c\x18\x07";  // group 1 {2: 5}, 3: 7
  WireReader reader(bytes);
  const auto field = reader.next();
  REQUIRE(field);
  CHECK(field->number == 3);
  for (const std::string& bad : {"\x08"s, "\x12\x05"s + "abc", "\x0b"s, "\x0c"s, "\x00\x01"s,
                                 "\x0f"s, "\x0d\x01"s, std::string(11, '\xff')}) {
    WireReader broken(bad);
    while (broken.next()) {
    }
    CHECK(broken.failed());
  }
}

}  // namespace
}  // namespace weft::grpc
