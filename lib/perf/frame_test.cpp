#include "lib/perf/frame.h"

#include <catch2/catch.hpp>

#include "lib/base/text.h"

using namespace weft;
using perf::FrameReader;
using perf::Message;

namespace {

std::vector<std::string> lines_of(const Message& message) {
  std::vector<std::string> lines;
  const std::string text = perf::write_frame(message);
  for (const std::string_view line : base::split(text, '\n'))
    if (!line.empty()) lines.emplace_back(line);
  return lines;
}

Message large() {
  Message message{"result", 2, {}};
  for (int i = 0; i < 30'000; ++i) message.payload += static_cast<char>(i * 7);
  return message;
}

}  // namespace

TEST_CASE("a message comes back from its lines, whatever stands between them") {
  for (const Message& message : {Message{"ready", 0, ""}, Message{"ready", 7, "{}"}, large()}) {
    FrameReader reader;
    std::vector<Message> found;
    for (const std::string& line : lines_of(message)) {
      CHECK(line.size() < 16'000);
      CHECK_FALSE(reader.take("[info] proxy is ready"));
      if (auto one = reader.take(line)) found.push_back(*std::move(one));
    }
    REQUIRE(found.size() == 1);
    CHECK(found.front() == message);
    CHECK(reader.problems().empty());
  }
}

TEST_CASE("the order of lines does not matter and what is read twice counts once") {
  FrameReader reader;
  auto lines = lines_of(large());
  REQUIRE(lines.size() == 4);
  CHECK_FALSE(reader.take(lines[3]));
  CHECK_FALSE(reader.take(lines[3]));
  CHECK_FALSE(reader.take(lines[0]));
  CHECK_FALSE(reader.take(lines[2]));
  CHECK(reader.take(lines[1]));
  for (const auto& line : lines) CHECK_FALSE(reader.take(line));
  CHECK(reader.problems().empty());
}

TEST_CASE("a log whose beginning was rotated away is told from a whole one") {
  FrameReader reader;
  const auto lines = lines_of(large());
  for (std::size_t i = 1; i < lines.size(); ++i) CHECK_FALSE(reader.take(lines[i]));
  CHECK(reader.problems() ==
        std::vector<std::string>{"the result of worker 2 is not whole: 1 of 4 lines are missing"});
}

TEST_CASE("a line that was cut, changed or comes from another version is named") {
  const std::string line = lines_of({"ready", 1, "hello"}).front();
  std::string changed = line;
  changed.replace(changed.rfind(' ') + 1, 4, "AAAA");
  const auto problem = [](const std::string& text) {
    FrameReader reader;
    CHECK_FALSE(reader.take(text));
    const auto problems = reader.problems();
    return problems.size() == 1 ? problems.front() : std::string();
  };
  CHECK(problem(line.substr(0, 20)) == "a line of 20 bytes is cut or damaged");
  CHECK(problem(changed) == "the ready of worker 1 is damaged");
  CHECK(problem("weft-frame/2 ready 1") == "a worker speaks version '2' of the frames, not 1");
}
