#include "lib/term/table.h"

#include <catch2/catch.hpp>

namespace weft::term {
namespace {

Table runs() {
  Table table{{{"name"}, {"url"}, {"p99", Align::right}}};
  table.rows = {{{"baseline"}, {"http://127.0.0.1:8080/echo?size=16KiB"}, {"4.56 ms"}},
                {{"µ"}, {""}, {"12.3 ms", Style::red}},
                {{"last"}}};
  return table;
}

TEST_CASE("a table aligns its columns and leaves no trailing spaces") {
  CHECK(render(runs(), {.tty = true, .width = 200}) ==
        "NAME      URL                                        P99\n"
        "baseline  http://127.0.0.1:8080/echo?size=16KiB  4.56 ms\n"
        "µ                                                12.3 ms\n"
        "last\n");
}

TEST_CASE("on a terminal the widest text column is cut, figures are not") {
  CHECK(render(runs(), {.tty = true, .width = 40}) ==
        "NAME      URL                        P99\n"
        "baseline  http://127.0.0.1:808…  4.56 ms\n"
        "µ                                12.3 ms\n"
        "last\n");
  CHECK(render(runs(), {.tty = true, .unicode = false, .width = 40}).find("808~") !=
        std::string::npos);
}

TEST_CASE("a pipe gets everything, however narrow the terminal is") {
  CHECK(render(runs(), {.tty = false, .width = 40}) == render(runs(), {.tty = true, .width = 200}));
}

TEST_CASE("colour does not change the alignment") {
  const auto text = render(runs(), {.tty = true, .color = true, .width = 40});
  CHECK(text.find("                                \x1b") != std::string::npos);
  CHECK(text.find("12.3 ms\x1b[0m\n") != std::string::npos);
}

TEST_CASE("an indented table without headers and a minimum width") {
  Table table{{{"", Align::left, 6}, {"", Align::right}}};
  table.headers = false;
  table.indent = 2;
  table.rows = {{{"p50"}, {"1"}}, {{"p99.99"}, {"10"}}};
  CHECK(render(table, {}) == "  p50      1\n  p99.99  10\n");
  CHECK(render(Table{}, {}) == "\n");
}

}  // namespace
}  // namespace weft::term
