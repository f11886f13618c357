// The helpers of the tests are tested too: a transcript that passes by mistake proves nothing.
#include <catch2/catch.hpp>

#include "lib/testkit/fake_runner.h"
#include "lib/testkit/transcript.h"

using namespace weft;
using Lines = std::vector<std::string>;

TEST_CASE("a transcript survives reading and writing") {
  const std::string text =
      "# why\n--- file a/b.yaml\nx: 1\n---\n$ weft a 'b c' < a/b.yaml\nout\n\nmore\n! err\n? 2\n\n"
      "# then\n$ weft b\n\n$ weft c\nlast\n";
  const auto transcript = testkit::parse_transcript(text);
  CHECK(testkit::format_transcript(transcript) == text);
  REQUIRE(transcript.steps.size() == 3);
  CHECK(transcript.steps[0].files.at("a/b.yaml") == "x: 1\n");
  CHECK(transcript.steps[0].lines == Lines{"out", "", "more", "! err", "? 2"});
  CHECK(transcript.steps[1].lines.empty());
}

TEST_CASE("what looks like notation is escaped in output") {
  CHECK(testkit::render("$ x\n# y\n\\z\nplain", "e\n", 1) ==
        Lines{"\\$ x", "\\# y", "\\\\z", "plain", "% no newline", "! e", "? 1"});
}

TEST_CASE("placeholders stand for their kind of text only") {
  CHECK(testkit::match_line("took <<duration>>!", "took 1.5 ms!"));
  CHECK(testkit::match_line("<<number>> of <<number>>", "1,234 of 0.5"));
  CHECK_FALSE(testkit::match_line("<<number>>", "many"));
  CHECK_FALSE(testkit::match_line("<<number>>", ""));
  CHECK_FALSE(testkit::match_line("exact", "exact "));
  CHECK(testkit::match({"a", "<<lines>>", "z"}, {"a", "b", "c", "z"}));
  CHECK(testkit::match({"a", "<<lines>>"}, {"a"}));
  CHECK_FALSE(testkit::match({"a", "<<lines>>", "z"}, {"a", "b"}));
}

TEST_CASE("an update keeps the placeholders that still fit") {
  CHECK(testkit::updated({"v<<version>>", "old"}, {"v1.2.3", "new"}) ==
        Lines{"v<<version>>", "new"});
}

TEST_CASE("the fake runner reports unknown calls and unused answers") {
  testkit::FakeRunner runner;
  runner.on("helm version", {.out = "v3"}).on("kubectl version", {.out = "v1"});
  CHECK(runner.run({.argv = {"helm", "version"}})->out == "v3");
  CHECK_FALSE(runner.run({.argv = {"istioctl"}}).ok());
  CHECK(runner.problems().size() == 2);
  CHECK(runner.find("helm") == "/fake/bin/helm");
  CHECK_FALSE(runner.find("istioctl"));
  runner.forgive();
}
