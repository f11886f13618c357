#include "lib/rules/suppression.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/lines.h"

namespace weft::rules {
namespace {

constexpr std::string_view kMarker = "weft:ignore";

bool is_date(std::string_view text) {
  if (text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9') return false;
  return true;
}

bool is_comment_or_blank(std::string_view line) {
  const std::string_view content = base::trim(line);
  return content.empty() || content.starts_with('#');
}

bool stands_at_head(const Lines& lines, std::uint32_t number) {
  if (!is_comment_or_blank(lines[number])) return false;
  while (--number > 0 && is_comment_or_blank(lines[number])) {
  }
  return number == 0 || lines[number].starts_with("---");
}

std::uint32_t end_of_document(const Lines& lines, std::uint32_t number) {
  while (number < lines.size() && !lines[number + 1].starts_with("---")) ++number;
  return number;
}

}  // namespace

base::Result<Suppression> parse_suppression(std::string_view text) {
  Suppression out;
  std::vector<std::string_view> words = base::split(base::trim(text), ' ');
  std::erase(words, std::string_view());
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word.starts_with("reason=")) {
      out.reason = text.substr(text.find("reason=") + 7);
      break;
    }
    if (word.starts_with("until=")) {
      out.until = word.substr(6);
      if (!is_date(out.until))
        return base::Error{base::ExitCode::usage,
                           fmt::format("\"{}\" is not a date", word.substr(6)),
                           "write it like until=2026-12-31"};
    } else if (i == 0) {
      for (std::string_view name : base::split(word, ','))
        if (!name.empty()) out.rules.emplace_back(name);
    } else {
      out.resources = word;
    }
  }
  if (out.rules.empty())
    return base::Error{base::ExitCode::usage, "a suppression names no rule",
                       "write it like: WI010 shop/* until=2026-12-31 reason=..."};
  return out;
}

std::vector<Suppression> suppressions_in(const doc::Source& source) {
  if (source.text().find(kMarker) == std::string::npos) return {};
  std::vector<Suppression> all;
  const Lines lines(source);
  for (std::uint32_t number = 1; number <= lines.size(); ++number) {
    const std::string_view line = lines[number];
    const std::size_t marker = line.find(kMarker);
    if (marker == std::string_view::npos || line.rfind('#', marker) == std::string_view::npos)
      continue;
    auto parsed = parse_suppression(line.substr(marker + kMarker.size()));
    Suppression suppression = parsed.ok() ? std::move(*parsed) : Suppression{};
    suppression.source = &source;
    suppression.line = suppression.first_line = number;
    suppression.last_line =
        stands_at_head(lines, number) ? end_of_document(lines, number) : number + 1;
    all.push_back(std::move(suppression));
  }
  return all;
}

bool names_rule(std::string_view name, const Rule& rule) {
  if (name == "*" || base::equal_ignoring_case(name, rule.id) ||
      base::equal_ignoring_case(name, rule.slug))
    return true;
  const auto codes = rule.codes();
  return std::any_of(codes.begin(), codes.end(), [name](std::string_view code) {
    return base::equal_ignoring_case(name, code);
  });
}

bool is_hidden_by_annotation(const Finding& finding) {
  if (finding.resource == nullptr) return false;
  for (const char* key : {"weft.layer5.io/ignore", "galley.istio.io/analyze-suppress",
                          "kiali.io/ignore-validations"}) {
    const Value* value = get(finding.resource->annotations(), key);
    if (value == nullptr) continue;
    const std::string_view list = text(value);
    if (list.empty() && std::string_view(key).starts_with("kiali")) return true;
    for (std::string_view name : base::split(list, ','))
      if (names_rule(base::trim(name), *finding.rule)) return true;
  }
  return false;
}

bool hides(const Suppression& suppression, const Finding& finding) {
  if (suppression.source != nullptr &&
      (suppression.source != finding.source.get() || finding.at.line < suppression.first_line ||
       finding.at.line > suppression.last_line))
    return false;
  const std::string name = finding.resource == nullptr ? "" : finding.resource->full_name();
  return glob_match(suppression.resources, name) &&
         std::any_of(suppression.rules.begin(), suppression.rules.end(),
                     [&](const std::string& rule) { return names_rule(rule, *finding.rule); });
}

Comments::Comments(std::span<const doc::Manifests> files) {
  for (const auto& file : files) {
    if (file.source == nullptr) continue;
    const std::size_t begin = all_.size();
    std::uint32_t farthest = 0;
    for (Suppression& suppression : suppressions_in(*file.source)) {
      farthest = std::max(farthest, suppression.last_line);
      farthest_.push_back(farthest);
      all_.push_back(std::move(suppression));
    }
    if (all_.size() > begin) by_file_[file.source.get()] = {begin, all_.size()};
  }
  used_.resize(all_.size());
}

bool Comments::hide(const Finding& finding, std::string_view today) {
  const auto file = by_file_.find(finding.source.get());
  if (file == by_file_.end()) return false;
  const auto begin = all_.begin() + static_cast<std::ptrdiff_t>(file->second.begin);
  const auto end = all_.begin() + static_cast<std::ptrdiff_t>(file->second.end);
  const auto behind = std::upper_bound(begin, end, finding.at.line,
                                       [](std::uint32_t line, const Suppression& suppression) {
                                         return line < suppression.first_line;
                                       });
  bool hidden = false;
  for (auto i = static_cast<std::size_t>(behind - all_.begin());
       i-- > file->second.begin && farthest_[i] >= finding.at.line;) {
    if (is_expired(all_[i], today) || !hides(all_[i], finding)) continue;
    used_[i] = true;
    hidden = true;
  }
  return hidden;
}

bool is_expired(const Suppression& suppression, std::string_view today) {
  return !suppression.until.empty() && suppression.until < today;
}

bool glob_match(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace weft::rules
