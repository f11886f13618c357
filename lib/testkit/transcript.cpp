#include "lib/testkit/transcript.h"

#include <algorithm>

namespace weft::testkit {
namespace {

using Lines = std::vector<std::string>;

Lines split_lines(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

bool needs_escape(std::string_view line) {
  for (std::string_view mark : {"$ ", "! ", "? ", "# ", "--- ", "%", "\\"})
    if (line.starts_with(mark)) return true;
  return false;
}

bool is_any_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return c != ' ' && c != '"' && c != ','; }

struct Placeholder {
  std::string_view name;
  bool (*takes)(char);
};

// Each stands for one or more of the characters it takes.
constexpr Placeholder kPlaceholders[] = {
    {"<<version>>", [](char c) { return is_digit(c) || is_any_of(c, ".-+abcdefrv"); }},
    {"<<commit>>", [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); }},
    {"<<id>>", [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-'; }},
    {"<<time>>", [](char c) { return is_digit(c) || is_any_of(c, "TZ:.-+ "); }},
    {"<<duration>>", [](char c) { return is_digit(c) || is_any_of(c, ". nµsmh\xc2"); }},
    {"<<number>>", [](char c) { return is_digit(c) || is_any_of(c, ".,-+e%"); }},
    {"<<word>>", is_word},
    {"<<any>>", [](char) { return true; }},
};

const Placeholder* placeholder_at(std::string_view text) {
  for (const Placeholder& placeholder : kPlaceholders)
    if (text.starts_with(placeholder.name)) return &placeholder;
  return nullptr;
}

bool match_lines(const Lines& expected, std::size_t e, const Lines& actual, std::size_t a) {
  for (; e < expected.size(); ++e, ++a) {
    if (expected[e] == "<<lines>>") {
      for (std::size_t skip = a; skip <= actual.size(); ++skip)
        if (match_lines(expected, e + 1, actual, skip)) return true;
      return false;
    }
    if (a == actual.size() || !match_line(expected[e], actual[a])) return false;
  }
  return a == actual.size();
}

class Reader {
 public:
  explicit Reader(std::string_view text) : lines_(split_lines(text)) {}

  Transcript read() {
    Transcript transcript;
    while (next_ < lines_.size()) transcript.steps.push_back(step());
    return transcript;
  }

 private:
  Transcript::Step step() {
    Transcript::Step step;
    while (next_ < lines_.size() && !lines_[next_].starts_with("$ ")) {
      const std::string line = take(step);
      if (line.starts_with("--- file ")) file(step, line.substr(9));
    }
    if (next_ == lines_.size()) return step;
    step.command = lines_[next_++].substr(2);
    while (next_ < lines_.size() && !ends_output(lines_[next_]))
      step.lines.push_back(lines_[next_++]);
    if (!step.lines.empty() && step.lines.back().empty()) {  // the blank line before what follows
      step.lines.pop_back();
      --next_;
    }
    return step;
  }

  static bool ends_output(std::string_view line) {
    return line.starts_with("$ ") || line.starts_with("# ") || line.starts_with("--- file ");
  }

  std::string take(Transcript::Step& step) {
    step.before.push_back(lines_[next_]);
    return lines_[next_++];
  }

  void file(Transcript::Step& step, std::string name) {
    if (name.ends_with(" +x")) {
      name.resize(name.size() - 3);
      step.executables.push_back(name);
    }
    std::string& content = step.files[name];
    while (next_ < lines_.size()) {
      const std::string line = take(step);
      if (line == "---") return;
      content += line + '\n';
    }
  }

  Lines lines_;
  std::size_t next_ = 0;
};

}  // namespace

Transcript parse_transcript(std::string_view text) { return Reader(text).read(); }

std::string format_transcript(const Transcript& transcript) {
  std::string out;
  for (const Transcript::Step& step : transcript.steps) {
    for (const std::string& line : step.before) out += line + '\n';
    if (step.command.empty()) continue;
    out += "$ " + step.command + '\n';
    for (const std::string& line : step.lines) out += line + '\n';
  }
  return out;
}

std::vector<std::string> split_words(std::string_view line) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = 0;
  for (char c : line) {
    if (quote != 0 && c == quote) {
      quote = 0;
    } else if (quote != 0 || (c != ' ' && c != '\'' && c != '"')) {
      if (!in_word) words.emplace_back();
      in_word = true;
      words.back() += c;
    } else if (c == ' ') {
      in_word = false;
    } else {
      quote = c;
      if (!in_word) words.emplace_back();
      in_word = true;
    }
  }
  return words;
}

std::vector<std::string> render(std::string_view out, std::string_view err, int exit_code) {
  Lines lines;
  for (const std::string& line : split_lines(out))
    lines.push_back(needs_escape(line) ? '\\' + line : line);
  if (!out.empty() && !out.ends_with('\n')) lines.emplace_back("% no newline");
  for (const std::string& line : split_lines(err)) lines.push_back("! " + line);
  if (exit_code != 0) lines.push_back("? " + std::to_string(exit_code));
  return lines;
}

bool match_line(std::string_view expected, std::string_view actual) {
  while (!expected.empty()) {
    const Placeholder* placeholder = placeholder_at(expected);
    if (placeholder != nullptr) {
      const std::string_view rest = expected.substr(placeholder->name.size());
      for (std::size_t n = 1; n <= actual.size() && placeholder->takes(actual[n - 1]); ++n)
        if (match_line(rest, actual.substr(n))) return true;
      return false;
    }
    if (actual.empty() || expected.front() != actual.front()) return false;
    expected.remove_prefix(1);
    actual.remove_prefix(1);
  }
  return actual.empty();
}

bool match(const Lines& expected, const Lines& actual) {
  return match_lines(expected, 0, actual, 0);
}

Lines updated(const Lines& expected, const Lines& actual) {
  if (match(expected, actual)) return expected;
  Lines out;
  for (const std::string& line : actual) {
    const auto kept = std::find_if(expected.begin(), expected.end(), [&line](const auto& old) {
      return old != "<<lines>>" && match_line(old, line);
    });
    out.push_back(kept == expected.end() ? line : *kept);
  }
  return out;
}

}  // namespace weft::testkit
