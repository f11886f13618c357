#include "lib/regex/regex.h"

#include <re2/re2.h>

#include "lib/base/format.h"

namespace weft::regex {
namespace {

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

}  // namespace

struct Regex::Compiled {
  explicit Compiled(std::string_view pattern) : re(piece(pattern), quiet()) {}
  RE2 re;
};

base::Result<Regex> Regex::compile(std::string_view pattern) {
  auto compiled = std::make_shared<const Compiled>(pattern);
  if (compiled->re.ok()) return Regex(std::move(compiled));
  constexpr std::size_t kShown = 200;
  return base::Error{base::ExitCode::input, fmt::format("invalid regular expression {}",
                                                        std::string(pattern.substr(0, kShown)))}
      .because(compiled->re.error());
}

bool Regex::found_in(std::string_view text) const {
  return compiled_->re.Match(piece(text), 0, text.size(), RE2::UNANCHORED, nullptr, 0);
}

std::optional<Match> Regex::find(std::string_view text, std::size_t from) const {
  re2::StringPiece found;
  if (from > text.size() ||
      !compiled_->re.Match(piece(text), from, text.size(), RE2::UNANCHORED, &found, 1))
    return std::nullopt;
  const auto begin = static_cast<std::size_t>(found.data() - text.data());
  return Match{begin, begin + found.size()};
}

}  // namespace weft::regex
