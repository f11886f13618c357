#include "lib/mesh/versions.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/mesh/mesh.h"

namespace weft::mesh {
namespace {

using base::Error;
using base::ExitCode;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_v(std::string_view text) {
  return text.size() > 1 && text.front() == 'v' && is_digit(text[1]) ? text.substr(1) : text;
}

// The number at the start of `text`, which is shortened by it.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  const auto number = base::parse_uint(digits);
  if (!number || digits.size() > 6) return {};
  text.remove_prefix(digits.size());
  return static_cast<std::uint32_t>(*number);
}

bool names(const Version& version, std::string_view asked) {
  asked = without_v(asked);
  return without_v(version.version) == asked || version.chart == asked ||
         (!version.app.empty() && without_v(version.app) == asked);
}

bool is_prerelease(const Version& version) {
  return version.version.find('-') != std::string::npos;
}

// "1.30.1" or "1.30.1-rc.0", nothing else.
bool is_full(std::string_view text) {
  text = without_v(text);
  for (int part = 0; part < 3; ++part) {
    if (part > 0 && !text.starts_with('.')) return false;
    if (part > 0) text.remove_prefix(1);
    if (!take_number(text)) return false;
  }
  return text.empty() || ((text.front() == '-' || text.front() == '+') &&
                          std::all_of(text.begin() + 1, text.end(), [](char c) {
                            return is_digit(c) || (c >= 'a' && c <= 'z') ||
                                   (c >= 'A' && c <= 'Z') || c == '.' || c == '-';
                          }));
}

const Version* newest_of(const Mesh& mesh, std::optional<Minor> line) {
  const auto row = std::ranges::find_if(mesh.versions, [&](const Version& version) {
    return !version.is_line() && !is_prerelease(version) &&
           (!line || parse_minor(version.version) == line);
  });
  return row == mesh.versions.end() ? nullptr : &*row;
}

Error unknown_version(const Mesh& mesh, std::string_view asked) {
  Error error{ExitCode::usage, fmt::format("{} has no version {}", mesh.id, asked)};
  std::vector<const Version*> nearest;
  for (const auto& version : mesh.versions) nearest.push_back(&version);
  if (const auto wanted = parse_minor(asked)) {
    const auto distance = [&wanted](const Version* version) {
      const auto minor = parse_minor(version->version).value_or(Minor{});
      return std::abs((std::int64_t{minor.major} - wanted->major) * 1000 +
                      (std::int64_t{minor.minor} - wanted->minor));
    };
    std::ranges::stable_sort(nearest, {}, distance);
  }
  if (nearest.size() > 3) nearest.resize(3);
  std::vector<std::string> texts;
  texts.reserve(nearest.size());
  for (const auto* version : nearest) texts.push_back(version->version);
  error.remedy = texts.empty() ? fmt::format("the catalogue lists no versions of {}", mesh.id)
                               : fmt::format("{}; weft mesh show {} lists them all",
                                             base::join(texts, ", "), mesh.id);
  return error;
}

Error needs_patch(const Mesh& mesh, const Version& line) {
  std::string example = line.chart;
  example.back() = '3';
  return {
      ExitCode::usage,
      fmt::format("the catalogue does not know the exact charts of {} {}", mesh.id, line.version),
      fmt::format("give their version, for example --version {}", example)};
}

// A patch of a known line: the facts of the line under the version asked for.
std::optional<Version> patch_of_line(const Mesh& mesh, std::string_view asked) {
  const auto row = std::ranges::find_if(mesh.versions, [&](const Version& version) {
    return parse_minor(version.version) == parse_minor(asked);
  });
  if (!is_full(asked) || row == mesh.versions.end() || row->chart != row->version) return {};
  Version version = *row;
  version.version = version.version.starts_with('v') ? fmt::format("v{}", without_v(asked))
                                                     : std::string(without_v(asked));
  version.chart = version.version;
  version.app.clear();
  version.released.clear();
  return version;
}

// The last day that "2026-11" or "2026-11-23" means.
std::optional<std::chrono::sys_days> last_day(std::string_view date) {
  const auto parts = base::split(date, '-');
  if (parts.size() < 2 || parts.size() > 3) return {};
  const auto year = base::parse_uint(parts[0]);
  const auto month = base::parse_uint(parts[1]);
  const auto day = parts.size() == 3 ? base::parse_uint(parts[2]) : 1;
  if (!year || !month || !day || *year > 9999) return {};
  const auto first = std::chrono::year(static_cast<int>(*year)) /
                     std::chrono::month(static_cast<unsigned>(*month));
  const auto whole = parts.size() == 3 ? first / std::chrono::day(static_cast<unsigned>(*day))
                                       : std::chrono::year_month_day(first / std::chrono::last);
  if (!whole.ok()) return {};
  return std::chrono::sys_days(whole);
}

}  // namespace

std::string Minor::text() const { return fmt::format("{}.{}", major, minor); }

std::optional<Minor> parse_minor(std::string_view text) {
  text = without_v(text);
  const auto major = take_number(text);
  if (!major || !text.starts_with('.')) return {};
  text.remove_prefix(1);
  const auto minor = take_number(text);
  if (!minor) return {};
  return Minor{*major, *minor};
}

std::optional<std::int64_t> minors_between(Minor from, Minor to) {
  if (from.major != to.major) return {};
  return std::int64_t{to.minor} - from.minor;
}

KubeFit KubeRange::judge(Minor cluster) const {
  if (min && cluster < *min) return KubeFit::below;
  if (max && cluster > *max) return KubeFit::above;
  return KubeFit::inside;
}

std::string KubeRange::text() const {
  if (min && max) return fmt::format("{}-{}", min->text(), max->text());
  if (min) return ">=" + min->text();
  return max ? "<=" + max->text() : std::string();
}

std::optional<KubeRange> parse_kube_range(std::string_view text) {
  const auto minor = [](std::string_view part) -> std::optional<Minor> {
    auto parsed = parse_minor(part);
    if (parsed && parsed->text() != part) parsed.reset();  // something follows
    return parsed;
  };
  KubeRange range;
  if (text.empty()) return range;
  if (text.starts_with(">=")) {
    range.min = minor(text.substr(2));
    return range.min ? std::optional(range) : std::nullopt;
  }
  if (text.starts_with("<=")) {
    range.max = minor(text.substr(2));
    return range.max ? std::optional(range) : std::nullopt;
  }
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return {};
  range.min = minor(text.substr(0, dash));
  range.max = minor(text.substr(dash + 1));
  if (!range.min || !range.max || *range.max < *range.min) return {};
  return range;
}

base::Result<Version> resolve(const Mesh& mesh, std::string_view asked) {
  if (asked.empty()) {
    if (const Version* newest = newest_of(mesh, {})) return *newest;
    return Error{ExitCode::usage, fmt::format("the catalogue lists no version of {}", mesh.id),
                 "give one, or its chart with --chart-dir"};
  }
  // Nothing is known about its releases, so the one asked for is taken as it is.
  if (mesh.versions.empty() && is_full(asked))
    return Version{.version = std::string(without_v(asked)), .chart = std::string(asked)};
  for (const auto& version : mesh.versions) {
    if (!names(version, asked)) continue;
    if (version.is_line()) return needs_patch(mesh, version);
    return version;
  }
  const auto line = parse_minor(asked);
  if (line && line->text() == without_v(asked)) {
    if (const Version* newest = newest_of(mesh, line)) return *newest;
    for (const auto& version : mesh.versions)
      if (parse_minor(version.version) == line && version.is_line())
        return needs_patch(mesh, version);
  }
  if (auto patch = patch_of_line(mesh, asked)) return *std::move(patch);
  return unknown_version(mesh, asked);
}

std::optional<Version> version_of(const Mesh& mesh, std::string_view found) {
  for (const auto& version : mesh.versions)
    if (names(version, found)) return version;
  return {};
}

Window window_of(const Version& version, std::string_view today) {
  const auto now = last_day(today);
  const auto end = last_day(version.eol);
  if (!now || !end) return Window::unknown;
  if (*end < *now) return Window::ended;
  return *end - *now <= std::chrono::days(60) ? Window::ending : Window::supported;
}

}  // namespace weft::mesh
