#include "lib/cli/man.h"

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/cli/help.h"
#include "lib/cli/parse.h"

namespace weft::cli {
namespace {

// Text that roff prints as it is: no escapes, no requests, and hyphens that can be pasted.
std::string plain(std::string_view text) {
  std::string out;
  for (char c : text) {
    const bool line_start = out.empty() || out.back() == '\n';
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  return out;
}

class Page {
 public:
  void request(std::string_view name, std::string_view text = {}) {
    out_ += fmt::format(".{}{}{}\n", name, text.empty() ? "" : " ", text);
  }
  void text(std::string_view text) { out_ += plain(text) + '\n'; }
  void item(std::string_view label, std::string_view text) {
    request("TP");
    out_ += fmt::format("\\fB{}\\fR\n", plain(label));
    out_ += plain(text) + '\n';
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

std::string quoted(std::string_view text) { return fmt::format("\"{}\"", plain(text)); }

void show_examples(Page& page, const Command& command) {
  bool first = true;
  for (const Example& example : command.examples) {
    if (!first) page.request("PP");
    first = false;
    if (!example.explanation.empty()) page.text(example.explanation + ':');
    page.request("RS", "4");
    page.request("nf");
    page.text(example.command);
    page.request("fi");
    page.request("RE");
  }
}

void show_flags(Page& page, std::span<const Flag> flags) {
  for (const FlagGroup& group : flag_groups(flags)) {
    if (!group.heading.empty()) page.request("SS", quoted(group.heading));
    for (const Flag* flag : group.flags) page.item(flag_label(*flag), flag_text(*flag));
  }
}

void show_arguments(Page& page, const Command& command) {
  for (const Argument& argument : command.arguments) page.item(argument.name, argument.help);
}

void show_body(Page& page, std::span<const Command* const> path) {
  const Command& command = *path.back();
  page.text(command.description.empty() ? command.summary + '.' : command.description);
}

// The commands of a group, each as a subsection with all it takes.
void show_subcommands(Page& page, std::vector<const Command*>& path) {
  for (const Command& command : path.back()->commands) {
    if (command.hidden) continue;
    path.push_back(&command);
    if (command.commands.empty()) {
      page.request("SS", quoted(usage_line(path)));
      show_body(page, path);
      show_arguments(page, command);
      for (const Flag& flag : command.flags)
        if (!flag.hidden) page.item(flag_label(flag), flag_text(flag));
    }
    show_subcommands(page, path);
    path.pop_back();
  }
}

void show_exit_codes(Page& page, const Command& command) {
  page.request("SH", "\"EXIT STATUS\"");
  if (command.commands.empty()) {
    for (const ExitNote& note : exit_notes(command))
      page.item(std::to_string(static_cast<int>(note.code)), note.meaning);
    return;
  }
  for (const auto& row : base::exit_codes())
    page.item(std::to_string(static_cast<int>(row.code)), row.meaning);
}

}  // namespace

std::string man_page(std::span<const Command* const> path, std::span<const Flag> globals,
                     std::string_view version) {
  const Command& command = *path.back();
  std::string name = command_line_name(path);
  for (char& c : name)
    if (c == ' ') c = '-';
  Page page;
  page.request("TH", fmt::format("{} 1 \"\" {} {}", quoted(name),
                                 quoted(fmt::format("weft {}", version)), quoted("weft manual")));
  page.request("SH", "NAME");
  page.text(fmt::format("{} - {}", name, command.summary));
  page.request("SH", "SYNOPSIS");
  page.text(usage_line(path));
  page.request("SH", "DESCRIPTION");
  show_body(page, path);
  if (!command.examples.empty()) page.request("SH", "EXAMPLES");
  show_examples(page, command);
  if (!command.commands.empty()) {
    page.request("SH", "COMMANDS");
    std::vector<const Command*> below(path.begin(), path.end());
    show_subcommands(page, below);
  }
  if (!command.arguments.empty()) page.request("SH", "ARGUMENTS");
  show_arguments(page, command);
  page.request("SH", "OPTIONS");
  show_flags(page, command.flags);
  page.request("SS", "\"Global options\"");
  show_flags(page, globals);
  show_exit_codes(page, command);
  return page.take();
}

}  // namespace weft::cli
