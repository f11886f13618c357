#include "lib/smp/smp_labels.h"

#include <algorithm>
#include <cmath>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/smp/facts.h"
#include "lib/smp/run_names.h"

namespace weft::smp {
namespace {

constexpr std::string_view kPrefix = "weft.";
constexpr std::string_view kErrors = "weft.errors.";
constexpr std::string_view kStatus = "weft.status.";
constexpr std::string_view kUrl = "weft.url.";

// One label: its text, "" when there is nothing to say, and the way back, false when the text is
// not understood.
struct Label {
  std::string_view name;  // without the prefix
  std::string (*write)(const Run&);
  bool (*read)(Run&, const std::string&);
};

std::string text_of(const std::optional<std::uint64_t>& value) {
  return value ? std::to_string(*value) : std::string{};
}
std::string text_of(const std::optional<std::int64_t>& value) {
  return value ? std::to_string(*value) : std::string{};
}
std::string text_of(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? fmt::format("{}", *value) : std::string{};
}
std::string text_of(const std::optional<base::Nanoseconds>& value) {
  return value ? base::format_duration(*value) : std::string{};
}
std::string text_of(const std::string& value) { return value; }

bool parse(const std::string& text, std::optional<std::uint64_t>& out) {
  out = base::parse_uint(text);
  return out.has_value();
}
bool parse(const std::string& text, std::optional<std::int64_t>& out) {
  out = base::parse_int(text);
  return out.has_value();
}
bool parse(const std::string& text, std::optional<double>& out) {
  out = base::parse_double(text);
  return out.has_value();
}
bool parse(const std::string& text, std::optional<base::Nanoseconds>& out) {
  const auto duration = base::parse_duration(text);
  if (duration.ok()) out = *duration;
  return duration.ok();
}
bool parse(const std::string& text, std::string& out) {
  out = text;
  return true;
}

template <int kPermille>
std::string write_percentile(const Run& run) {
  return text_of(run.latency.percentile_ms(kPermille / 10.0));
}
template <int kPermille>
bool read_percentile(Run& run, const std::string& text) {
  const auto ms = base::parse_double(text);
  if (ms && *ms >= 0) run.latency.percentiles_ms[kPermille / 10.0] = *ms;
  return ms && *ms >= 0;
}

template <auto kField>
std::string write_setup(const Run& run) {
  return text_of(run.setup.*kField);
}
template <auto kField>
bool read_setup(Run& run, const std::string& text) {
  return parse(text, run.setup.*kField);
}
template <auto kField>
std::string write_count(const Run& run) {
  return text_of(run.counts.*kField);
}
template <auto kField>
bool read_count(Run& run, const std::string& text) {
  return parse(text, run.counts.*kField);
}

template <typename T>
bool read_word(const std::string& text, std::string_view unknown, T& out) {
  const auto value = find_name<T>(text);
  if (value) out = *value;
  return value || text == unknown;
}

std::string write_omission(const Run& run) {
  const std::string_view name = name_of(run.setup.omission);
  return std::string(name.empty() ? "unknown" : name);
}

std::string write_requested(const Run& run) {
  return run.setup.unthrottled ? "max" : text_of(run.setup.requested_qps);
}
bool read_requested(Run& run, const std::string& text) {
  run.setup.unthrottled = text == "max";
  return run.setup.unthrottled || parse(text, run.setup.requested_qps);
}

std::string write_errors(const Run& run) {
  const bool counted = run.counts.completed || !run.counts.errors.empty();
  return counted ? std::to_string(run.counts.error_total()) : std::string{};
}
// The classes beside it say more; alone it is kept under a class of its own.
bool read_errors(Run& run, const std::string& text) {
  const auto total = base::parse_uint(text);
  if (total && *total > run.counts.error_total())
    run.counts.errors["other"] += *total - run.counts.error_total();
  return total.has_value();
}

constexpr Label kLabels[] = {
    {"name", [](const Run& run) { return run.name; },
     [](Run& run, const std::string& text) { return parse(text, run.name); }},
    {"interrupted", [](const Run& run) { return std::string(run.interrupted ? "true" : ""); },
     [](Run& run, const std::string& text) { return run.interrupted = text == "true"; }},
    {"requests", write_count<&Counts::completed>, read_count<&Counts::completed>},
    {"planned", write_count<&Counts::planned>, read_count<&Counts::planned>},
    {"skipped", write_count<&Counts::skipped>, read_count<&Counts::skipped>},
    {"errors", write_errors, read_errors},
    {"bytes_received", write_count<&Counts::bytes_received>, read_count<&Counts::bytes_received>},
    {"bytes_sent", write_count<&Counts::bytes_sent>, read_count<&Counts::bytes_sent>},
    {"p75_ms", write_percentile<750>, read_percentile<750>},
    {"p95_ms", write_percentile<950>, read_percentile<950>},
    {"p999_ms", write_percentile<999>, read_percentile<999>},
    {"stddev_ms", [](const Run& run) { return text_of(run.latency.stddev_ms); },
     [](Run& run, const std::string& text) { return parse(text, run.latency.stddev_ms); }},
    {"requested_rps", write_requested, read_requested},
    {"load_generator", write_setup<&Setup::load_generator>, read_setup<&Setup::load_generator>},
    {"load_generator_version", write_setup<&Setup::load_generator_version>,
     read_setup<&Setup::load_generator_version>},
    {"coordinated_omission", write_omission,
     [](Run& run, const std::string& text) {
       return read_word(text, "unknown", run.setup.omission);
     }},
    {"loop", [](const Run& run) { return std::string(name_of(run.setup.loop)); },
     [](Run& run, const std::string& text) { return read_word(text, "", run.setup.loop); }},
    {"arrival", write_setup<&Setup::arrival>, read_setup<&Setup::arrival>},
    {"method", write_setup<&Setup::method>, read_setup<&Setup::method>},
    {"protocol", write_setup<&Setup::protocol>, read_setup<&Setup::protocol>},
    {"connections", write_setup<&Setup::connections>, read_setup<&Setup::connections>},
    {"threads", write_setup<&Setup::threads>, read_setup<&Setup::threads>},
    {"duration", write_setup<&Setup::duration>, read_setup<&Setup::duration>},
    {"verdict", [](const Run& run) { return std::string(name_of(run.generator.verdict)); },
     [](Run& run, const std::string& text) { return read_word(text, "", run.generator.verdict); }},
};

bool take_count(std::map<std::string, std::uint64_t>& counts, std::string_view name,
                const std::string& text) {
  const auto count = base::parse_uint(text);
  if (count && !name.empty()) counts[std::string(name)] = *count;
  return count && !name.empty();
}

bool take_family(Run& run, std::string_view name, const std::string& text) {
  if (name.starts_with(kErrors))
    return take_count(run.counts.errors, name.substr(kErrors.size()), text);
  if (name.starts_with(kStatus))
    return take_count(run.counts.statuses, name.substr(kStatus.size()), text);
  if (!name.starts_with(kUrl)) return false;
  auto& urls = run.setup.urls;
  if (std::find(urls.begin(), urls.end(), text) == urls.end()) urls.push_back(text);
  return true;
}

}  // namespace

Labels with_weft_labels(const Run& run) {
  Labels labels = run.labels;
  for (const auto& label : kLabels)
    if (std::string text = label.write(run); !text.empty())
      labels[fmt::format("{}{}", kPrefix, label.name)] = std::move(text);
  for (const auto& [name, count] : run.counts.errors)
    labels[fmt::format("{}{}", kErrors, name)] = std::to_string(count);
  for (const auto& [status, count] : run.counts.statuses)
    labels[fmt::format("{}{}", kStatus, status)] = std::to_string(count);
  for (std::size_t i = 0; i < run.setup.urls.size(); ++i)
    labels[fmt::format("{}{}", kUrl, i + 1)] = without_credentials(run.setup.urls[i]);
  return labels;
}

void take_weft_labels(Run& run) {
  Labels left;
  const Labels labels = std::move(run.labels);
  for (const auto& [name, text] : labels)
    if (!name.starts_with(kPrefix) || !take_family(run, name, text)) left.emplace(name, text);
  for (const auto& label : kLabels) {
    const auto found = left.find(fmt::format("{}{}", kPrefix, label.name));
    if (found != left.end() && label.read(run, found->second)) left.erase(found);
  }
  run.labels = std::move(left);
}

}  // namespace weft::smp
