#include "lib/cli/tokens.h"

#include <catch2/catch.hpp>

using namespace weft;

namespace {

// "--qps=5 -q=true | argument ... | unknown ..." of a line, or the error's message.
std::string cut(const std::vector<std::string>& words) {
  static std::string text;
  static std::vector<std::string> list;
  static bool on = true;
  static const std::vector<cli::Flag> flags = {
      cli::flag("--qps", text, "rate"), cli::flag("--header", list, "header").as('H'),
      cli::flag("--keepalive", on, "reuse").as('k'), cli::flag("--quiet", on, "less").as('q')};
  std::vector<const cli::Flag*> known;
  for (const cli::Flag& flag : flags) known.push_back(&flag);
  const auto tokens = cli::tokenise(known, words);
  if (!tokens.ok()) return tokens.error().message;
  std::string out;
  for (const cli::Given& given : tokens->flags) out += given.flag->name + "=" + given.value + " ";
  out += "|";
  for (const std::string& argument : tokens->arguments) out += " " + argument;
  out += " |";
  for (const std::string& word : tokens->unknown) out += " " + word;
  return out;
}

}  // namespace

TEST_CASE("values stand behind the sign, in the next word, or behind the letter") {
  CHECK(cut({"--qps", "5"}) == "--qps=5 | |");
  CHECK(cut({"--qps=5"}) == "--qps=5 | |");
  CHECK(cut({"-H", "a", "-Hb", "-H=c"}) == "--header=a --header=b --header=c | |");
}

TEST_CASE("letters may be run together, switches may be turned off") {
  CHECK(cut({"-kq"}) == "--keepalive=true --quiet=true | |");
  CHECK(cut({"--keepalive=false"}) == "--keepalive=false | |");
}

TEST_CASE("a dash, negative numbers and all after two dashes are arguments") {
  CHECK(cut({"-", "-5", "-0.5"}) == "| - -5 -0.5 |");
  CHECK(cut({"a", "--qps", "1", "b"}) == "--qps=1 | a b |");
  CHECK(cut({"--", "--qps", "-q"}) == "| --qps -q |");
}

TEST_CASE("what looks like a flag and is none is told apart") {
  CHECK(cut({"--nope", "-z", "a"}) == "| a | --nope -z");
}

TEST_CASE("a flag at the end without its value is an error that names it") {
  CHECK(cut({"--qps"}).find("--qps") != std::string::npos);
}
