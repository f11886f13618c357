#include "lib/grpc/frame.h"

#include <catch2/catch.hpp>
#include <vector>

namespace weft::grpc {
namespace {

using namespace std::string_literals;

std::vector<std::string> read(FrameReader& reader, std::string_view bytes, std::size_t step) {
  std::vector<std::string> out;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
    std::string_view part = bytes.substr(0, step);
    while (const auto message = reader.next(part)) out.emplace_back(*message);
  }
  return out;
}

TEST_CASE("messages come out whole wherever the bytes are cut") {
  const std::vector<std::string> messages{"one", "", std::string(1000, 'x'), "last\0one"s};
  std::string bytes;
  for (const std::string& message : messages) append_frame(bytes, message);
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    FrameReader reader;
    CHECK(read(reader, bytes, step) == messages);
    CHECK_FALSE(reader.midway());
  }
}

TEST_CASE("who only counts messages is told of as many, and nothing is kept") {
  const std::string bytes = frame(std::string(100, 'x')) + frame("abc");
  FrameReader reader(false);
  const auto messages = read(reader, bytes, 50);
  REQUIRE(messages.size() == 2);
  CHECK(messages[0].empty());
}

TEST_CASE("a message that is cut off is seen at the end") {
  for (const std::size_t size : {1u, 4u, 5u, 7u}) {
    FrameReader reader;
    CHECK(read(reader, std::string_view(frame("abc")).substr(0, size), 1).empty());
    CHECK(reader.midway());
  }
}

TEST_CASE("what is too long, compressed or no gRPC at all is told apart, for good") {
  const auto failure = [](std::string bytes) {
    FrameReader reader(true, 10);
    CHECK(read(reader, bytes, 100).empty());
    CHECK(read(reader, frame("abc"), 100).empty());
    return reader.failure();
  };
  CHECK(failure(frame(std::string(11, 'x'))) == FrameFailure::too_long);
  CHECK(failure("\0\xff\xff\xff\xff"s) == FrameFailure::too_long);
  CHECK(failure("\1\0\0\0\1x"s) == FrameFailure::compressed);
  CHECK(failure("<html>") == FrameFailure::bad_flag);
}

}  // namespace
}  // namespace weft::grpc
