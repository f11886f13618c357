// The table of commands, checked as a whole: what holds for one command holds for all.
#include "cmd/commands.h"

#include <catch2/catch.hpp>
#include <functional>
#include <set>

#include "lib/cli/man.h"
#include "lib/cli/parse.h"
#include "lib/testkit/transcript.h"

using namespace weft;

namespace {

using Path = std::vector<const cli::Command*>;

void visit(Path& path, const std::function<void(const Path&)>& check) {
  check(path);
  for (const cli::Command& command : path.back()->commands) {
    path.push_back(&command);
    visit(path, check);
    path.pop_back();
  }
}

void for_each_command(const std::function<void(const Path&)>& check) {
  const cli::Command tree = cmd::root();
  Path path{&tree};
  visit(path, [&check](const Path& at) {
    INFO(cli::command_line_name(at));
    check(at);
  });
}

bool is_sentence_part(const std::string& text) { return !text.empty() && !text.ends_with('.'); }

// The part of an example that weft itself sees.
std::vector<std::string> words_of(const std::string& example) {
  std::vector<std::string> words;
  for (const std::string& word : testkit::split_words(example)) {
    if (word == "|" || word == ">" || word == "&&" || word == "&" || word == ";") break;
    words.push_back(word);
  }
  return words;
}

}  // namespace

TEST_CASE("every command has a summary without a full stop, every leaf an example and a function") {
  for_each_command([](const Path& path) {
    const cli::Command& command = *path.back();
    CHECK(is_sentence_part(command.summary));
    if (!command.commands.empty()) return;
    CHECK_FALSE(command.examples.empty());
    CHECK(command.run);
  });
}

TEST_CASE("every flag has a help text and names that nobody else has") {
  cmd::Globals globals;
  const auto global_flags = cmd::global_flags(globals);
  for_each_command([&global_flags](const Path& path) {
    std::set<std::string> names;
    std::set<char> letters;
    for (const auto* flags : {&path.back()->flags, &global_flags}) {
      for (const cli::Flag& flag : *flags) {
        INFO(flag.name);
        CHECK(flag.name.starts_with("--"));
        CHECK(is_sentence_part(flag.help));
        CHECK(flag.set);
        CHECK(names.insert(flag.name).second);
        CHECK((flag.letter == 0 || letters.insert(flag.letter).second));
      }
    }
  });
}

TEST_CASE("commands of a group have names of their own, arguments a help text") {
  for_each_command([](const Path& path) {
    std::set<std::string> names;
    for (const cli::Command& command : path.back()->commands)
      CHECK(names.insert(command.name).second);
    for (const cli::Argument& argument : path.back()->arguments) {
      CHECK_FALSE(argument.help.empty());
      CHECK(argument.set);
    }
  });
}

TEST_CASE("every example is a command line that weft accepts") {
  for_each_command([](const Path& path) {
    for (const cli::Example& example : path.back()->examples) {
      INFO(example.command);
      // Of a pipe, the part that is weft.
      const auto start = example.command.starts_with("weft ") ? 0 : example.command.find("| weft ");
      REQUIRE(start != std::string::npos);
      auto words = words_of(example.command.substr(start == 0 ? 0 : start + 2));
      REQUIRE(words.size() > 1);
      REQUIRE(words.front() == "weft");
      words.erase(words.begin());
      const cli::Command tree = cmd::root();
      cmd::Globals globals;
      const auto flags = cmd::global_flags(globals);
      const auto call = cli::parse(tree, flags, words);
      if (!call.ok()) FAIL(call.error().message);
      const auto applied = cli::apply(*call, flags, [](const auto&) { return std::nullopt; });
      if (!applied.ok()) FAIL(applied.error().message);
    }
  });
}

TEST_CASE("every command has a manual page with the sections readers expect") {
  cmd::Globals globals;
  const auto flags = cmd::global_flags(globals);
  for_each_command([&flags](const Path& path) {
    const std::string page = cli::man_page(path, flags, "1.2.3");
    for (const char* section : {".TH ", ".SH NAME\n", ".SH SYNOPSIS\n", ".SH OPTIONS\n"})
      CHECK(page.find(section) != std::string::npos);
  });
}
