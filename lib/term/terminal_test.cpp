#include "lib/term/terminal.h"

#include <catch2/catch.hpp>

using namespace weft;
using term::ColorChoice;

namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

bool color(ColorChoice choice, Variables variables) {
  return term::inspect(-1, choice, base::Environment(std::move(variables))).color;
}

}  // namespace

TEST_CASE("--color wins over NO_COLOR, which wins over CLICOLOR_FORCE") {
  CHECK(color(ColorChoice::always, {{"NO_COLOR", "1"}}));
  CHECK_FALSE(color(ColorChoice::never, {{"CLICOLOR_FORCE", "1"}}));
  CHECK_FALSE(color(ColorChoice::automatic, {{"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}}));
  CHECK(color(ColorChoice::automatic, {{"NO_COLOR", ""}, {"CLICOLOR_FORCE", "1"}}));
  CHECK_FALSE(color(ColorChoice::automatic, {{"CLICOLOR_FORCE", "0"}, {"TERM", "xterm"}}));
}

TEST_CASE("COLUMNS sets the width within reason") {
  const auto width = [](const char* columns) {
    return term::inspect(-1, ColorChoice::never, base::Environment(Variables{{"COLUMNS", columns}}))
        .width;
  };
  CHECK(width("120") == 120);
  CHECK(width("1") == 20);
  CHECK(width("-5") == 80);
  CHECK(width("wide") == 80);
}

TEST_CASE("paint leaves text alone where there is no colour") {
  CHECK(term::paint({.color = false}, term::Style::red, "x") == "x");
  CHECK(term::paint({.color = true}, term::Style::red, "x") == "\033[31mx\033[0m");
}

TEST_CASE("display width counts columns, not bytes") {
  CHECK(term::display_width("abc") == 3);
  CHECK(term::display_width("é µ") == 3);
  CHECK(term::display_width("e\u0301") == 1);
  CHECK(term::display_width("日本") == 4);
  CHECK(term::display_width("🚀") == 2);
  CHECK(term::display_width("\033[1;31mred\033[0m") == 3);
  CHECK(term::display_width("\xff\xc3") == 2);
  CHECK(term::display_width("\033[") == 0);
}
