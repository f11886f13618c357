#include "lib/cli/help.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/cli/parse.h"
#include "lib/term/fit.h"

namespace weft::cli {
namespace {

constexpr int kWidest = 100;        // longer lines are hard to read
constexpr std::size_t kLabel = 30;  // a longer label gets a line of its own

struct Row {
  std::string label;
  std::string text;
};

class Page {
 public:
  explicit Page(const term::Terminal& terminal)
      : terminal_(terminal), width_(std::clamp(terminal.width, 40, kWidest)) {}

  void paragraph(std::string_view text) {
    for (std::string_view part : base::split(text, '\n')) wrapped(base::trim(part), 0, 0);
  }
  void heading(std::string_view text) {
    out_ += '\n' + term::paint(terminal_, term::Style::bold, fmt::format("{}:", text)) + '\n';
  }
  void line(std::string_view text) { out_ += fmt::format("  {}\n", text); }
  void rows(const std::vector<Row>& rows) {
    std::size_t column = 0;
    for (const Row& row : rows)
      if (row.label.size() <= kLabel) column = std::max(column, row.label.size());
    for (const Row& row : rows) {
      out_ += "  " + row.label;
      const bool fits = row.label.size() <= column;
      const std::size_t indent = column + 4;
      if (fits) out_.append(column + 2 - row.label.size(), ' ');
      if (!fits) out_ += '\n' + std::string(indent, ' ');
      wrapped(row.text, indent, indent);
    }
  }
  std::string take() { return std::move(out_); }

 private:
  void wrapped(std::string_view text, std::size_t column, std::size_t indent) {
    out_ += term::wrap(text, width_, static_cast<int>(column), static_cast<int>(indent)) + '\n';
  }

  const term::Terminal& terminal_;
  int width_;
  std::string out_;
};

void show_examples(Page& page, const Command& command) {
  if (command.examples.empty()) return;
  page.heading("Examples");
  for (const Example& example : command.examples) {
    if (!example.explanation.empty()) page.line("# " + example.explanation);
    page.line(example.command);
  }
}

void show_commands(Page& page, const Command& command) {
  for (const CommandGroup& group : command_groups(command)) {
    page.heading(group.heading.empty() ? "Commands" : group.heading);
    std::vector<Row> rows;
    for (const Command* sub : group.commands) rows.push_back({sub->name, sub->summary});
    page.rows(rows);
  }
}

void show_arguments(Page& page, const Command& command) {
  if (command.arguments.empty()) return;
  page.heading("Arguments");
  std::vector<Row> rows;
  for (const Argument& argument : command.arguments) rows.push_back({argument.name, argument.help});
  page.rows(rows);
}

void show_flags(Page& page, std::span<const Flag> flags, std::string_view heading) {
  for (const FlagGroup& group : flag_groups(flags)) {
    page.heading(group.heading.empty() ? heading : group.heading);
    std::vector<Row> rows;
    for (const Flag* flag : group.flags)
      rows.push_back({(flag->letter ? "" : "    ") + flag_label(*flag), flag_text(*flag)});
    page.rows(rows);
  }
}

void show_exit_codes(Page& page, const Command& command) {
  if (!command.run || !command.commands.empty()) return;
  page.heading("Exit codes");
  std::vector<Row> rows;
  for (const ExitNote& note : exit_notes(command))
    rows.push_back({std::to_string(static_cast<int>(note.code)), note.meaning});
  page.rows(rows);
  page.line("(all of them: weft help exit-codes)");
}

template <typename Group, typename T>
Group& group_named(std::vector<Group>& groups, const T& heading) {
  for (Group& group : groups)
    if (group.heading == heading) return group;
  return groups.emplace_back(Group{heading, {}});
}

}  // namespace

std::string environment_name(std::string_view config_key) {
  std::string name = "WEFT_";
  for (char c : config_key)
    name += c == '.' || c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return name;
}

std::string flag_label(const Flag& flag) {
  std::string label = flag.letter ? fmt::format("-{}, ", flag.letter) : "";
  label += flag.name;
  if (!flag.value_name.empty()) label += ' ' + flag.value_name;
  return label;
}

std::string flag_text(const Flag& flag) {
  std::string text = flag.help;
  if (flag.value_name.empty() && flag.default_text == "true")
    text += fmt::format("; {}=false turns it off", flag.name);
  else if (!flag.default_text.empty())
    text += fmt::format(" (default: {})", flag.default_text);
  if (flag.repeatable && !flag.value_name.empty()) text += "; may be repeated";
  if (!flag.config_key.empty()) text += fmt::format(" [{}]", environment_name(flag.config_key));
  return text;
}

std::string usage_line(std::span<const Command* const> path) {
  const Command& command = *path.back();
  std::string line = command_line_name(path);
  if (!command.commands.empty()) return line + " COMMAND [flags]";
  for (const Argument& argument : command.arguments) {
    const std::string name = argument.name + (argument.repeatable ? "..." : "");
    line += ' ' + (argument.required ? name : '[' + name + ']');
  }
  return line + " [flags]";
}

std::vector<FlagGroup> flag_groups(std::span<const Flag> flags) {
  std::vector<FlagGroup> groups;
  for (const Flag& flag : flags)
    if (!flag.hidden) group_named(groups, flag.group).flags.push_back(&flag);
  return groups;
}

std::vector<CommandGroup> command_groups(const Command& command) {
  std::vector<CommandGroup> groups;
  for (const Command& sub : command.commands)
    if (!sub.hidden) group_named(groups, sub.heading).commands.push_back(&sub);
  return groups;
}

std::vector<ExitNote> exit_notes(const Command& command) {
  std::vector<ExitNote> notes = command.exit_notes;
  const auto named = [&notes](base::ExitCode code) {
    return std::any_of(notes.begin(), notes.end(),
                       [code](const ExitNote& note) { return note.code == code; });
  };
  for (const auto& row : base::exit_codes()) {
    const bool general = row.code == base::ExitCode::done || row.code == base::ExitCode::usage;
    if (general && !named(row.code)) notes.push_back({row.code, std::string(row.meaning)});
  }
  std::sort(notes.begin(), notes.end(),
            [](const ExitNote& a, const ExitNote& b) { return a.code < b.code; });
  return notes;
}

std::string help_text(std::span<const Command* const> path, std::span<const Flag> globals,
                      const term::Terminal& terminal) {
  const Command& command = *path.back();
  Page page(terminal);
  page.paragraph(command.summary);
  if (!command.description.empty()) {
    page.paragraph("");
    page.paragraph(command.description);
  }
  show_examples(page, command);
  page.heading("Usage");
  page.line(usage_line(path));
  show_commands(page, command);
  show_arguments(page, command);
  show_flags(page, command.flags, "Flags");
  show_flags(page, globals, "Global flags");
  show_exit_codes(page, command);
  return page.take();
}

}  // namespace weft::cli
