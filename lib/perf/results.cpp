#include "lib/perf/results.h"

#include <filesystem>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"
#include "lib/perf/imports.h"
#include "lib/smp/run_json.h"
#include "lib/smp/smp_write.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using Found = std::optional<std::string>;

constexpr std::string_view kLatest = "latest";

std::string file_uri(const std::string& path) {
  constexpr std::string_view kPlain = "/-_.~";
  std::string uri = "file://";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       kPlain.find(c) != std::string_view::npos;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

// "latest" is 0, "latest~2" is 2; absent for other texts.
std::optional<std::size_t> steps_back(std::string_view selector) {
  if (!selector.starts_with(kLatest)) return std::nullopt;
  selector.remove_prefix(kLatest.size());
  if (selector.empty()) return 0;
  if (selector.front() != '~') return std::nullopt;
  return base::parse_uint(selector.substr(1));
}

Result<Found> find_recent(const std::vector<std::string>& ids, std::string_view selector,
                          std::size_t back) {
  if (back < ids.size()) return Found(ids[back]);
  if (ids.empty())
    return Error{ExitCode::input,
                 fmt::format("there is no {} result: none is stored yet", selector),
                 "weft perf run URL, or weft perf import FILE"};
  return Error{
      ExitCode::input,
      fmt::format("there is no {}: only {} stored", selector, base::plural(ids.size(), "result")),
      "weft perf list"};
}

Result<Found> find_beginning(const std::vector<std::string>& ids, std::string_view beginning) {
  std::vector<std::string> fitting;
  for (const auto& id : ids)
    if (id.starts_with(beginning)) fitting.push_back(id);
  if (fitting.empty()) return Found();
  if (fitting.size() == 1) return Found(fitting.front());
  return Error{
      ExitCode::input, fmt::format("'{}' fits {} results", beginning, fitting.size()),
      "one of " +
          base::join(std::span(fitting).first(std::min<std::size_t>(fitting.size(), 5)), ", ")};
}

bool is_path(std::string_view selector) {
  return selector == "-" || selector.find('/') != std::string_view::npos;
}

struct FileSelector {
  std::string name;                     // as given, without "#2"
  std::string path;                     // as seen from the working directory
  std::optional<std::uint64_t> number;  // which run of the file, from 1
};

FileSelector file_selector(std::string_view selector, const std::string& directory) {
  FileSelector file{std::string(selector), {}, {}};
  const auto absolute = [&](const std::string& name) {
    return name == "-" || name.starts_with('/') || directory.empty() ? name
                                                                     : directory + '/' + name;
  };
  file.path = absolute(file.name);
  const auto hash = selector.rfind('#');
  std::error_code error;
  if (hash == std::string_view::npos || std::filesystem::exists(file.path, error)) return file;
  file.number = base::parse_uint(selector.substr(hash + 1));
  if (!file.number) return file;
  file.name = selector.substr(0, hash);
  file.path = absolute(file.name);
  return file;
}

Error not_found(const Store& store, std::string_view selector, std::string_view kind) {
  std::vector<std::string> known{std::string(kLatest)};
  for (const auto& entry : list_runs(store)) {
    known.push_back(entry.id);
    if (entry.run && !entry.run->name.empty()) known.push_back(entry.run->name);
  }
  return Error{
      ExitCode::input,
      fmt::format("there is no {} {}{}", kind, selector, base::did_you_mean(selector, known)),
      "weft perf list, or the path of a file"};
}

constexpr std::size_t kFewestIntervals = 30;  // what a comparison still needs

void join_pairs(std::vector<stats::Interval>& intervals) {
  std::vector<stats::Interval> joined;
  joined.reserve((intervals.size() + 1) / 2);
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    if (i % 2 == 0) {
      joined.push_back(std::move(intervals[i]));
      continue;
    }
    stats::Interval& first = joined.back();
    first.duration_s = intervals[i].start_s + intervals[i].duration_s - first.start_s;
    first.planned += intervals[i].planned;
    first.completed += intervals[i].completed;
    first.errors += intervals[i].errors;
    first.latency.merge(intervals[i].latency);
  }
  intervals = std::move(joined);
}

}  // namespace

std::string run_document(smp::Run run, std::size_t most) {
  std::string text = doc::write_json(smp::run_to_json(run));
  while (text.size() > most && run.intervals.size() >= 2 * kFewestIntervals) {
    join_pairs(run.intervals);
    text = doc::write_json(smp::run_to_json(run));
  }
  return text;
}

Result<void> save_run(const Store& store, smp::Run& run) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(store.path(run.id, kRunFile), error);
  run.details_uri = file_uri(absolute.string());
  Store::Files files;
  const auto add = [&](std::string_view name, const doc::Value& document) {
    files[std::string(name)] = doc::write_json(document);
  };
  files[std::string(kRunFile)] = run_document(run);
  add(kResultFile, smp::to_protojson(smp::smp_result(run)));
  add(kTestFile, smp::to_protojson(smp::smp_test_config(run)));
  add(kEnvironmentFile, smp::to_protojson(smp::smp_environment(run)));
  if (!run.mesh.type.empty()) add(kMeshFile, smp::to_protojson(smp::smp_mesh_config(run)));
  return store.save(run.id, files);
}

Result<smp::Run> load_run(const Store& store, std::string_view id) {
  WEFT_TRY(text, store.read(id, kRunFile));
  WEFT_TRY(document, doc::read_json(doc::Source(store.path(id, kRunFile), std::move(text))));
  WEFT_TRY(run, smp::run_from_json(document));
  run.id = id;  // the folder decides: what a selector finds is what is shown
  return std::move(run);
}

std::vector<Entry> list_runs(const Store& store) {
  std::vector<Entry> entries;
  for (std::string& id : store.ids()) {
    Entry entry{id, std::nullopt, {}};
    if (auto run = load_run(store, id); run.ok())
      entry.run = std::move(*run);
    else
      entry.broken = run.error().message;
    entries.push_back(std::move(entry));
  }
  return entries;
}

Result<Found> find_run(const Store& store, std::string_view selector) {
  if (selector.empty() || is_path(selector)) return Found();
  if (store.contains(selector)) return Found(std::string(selector));
  const std::vector<std::string> ids = store.ids();
  if (const auto back = steps_back(selector)) return find_recent(ids, selector, *back);
  for (const auto& id : ids) {
    const auto run = load_run(store, id);
    if (run.ok() && run->name == selector) return Found(id);
  }
  return find_beginning(ids, selector);
}

Result<std::string> require_run(const Store& store, std::string_view selector) {
  WEFT_TRY(found, find_run(store, selector));
  if (found) return std::move(*found);
  return not_found(store, selector, "result");
}

Result<smp::Run> load_result(const Store& store, std::string_view selector,
                             const std::string& directory, const smp::ImportOptions& options) {
  WEFT_TRY(found, find_run(store, selector));
  if (found) return load_run(store, *found);
  const FileSelector file = file_selector(selector, directory);
  std::error_code error;
  if (!is_path(selector) && !std::filesystem::exists(file.path, error))
    return not_found(store, selector, "result and no file");
  WEFT_TRY(runs, import_file(file.path, options));
  if (file.number && *file.number >= 1 && *file.number <= runs.size())
    return std::move(runs[*file.number - 1]);
  if (!file.number && runs.size() == 1) return std::move(runs.front());
  return Error{ExitCode::input,
               fmt::format("{} holds {}", file.path, base::plural(runs.size(), "run")),
               fmt::format("name one, from {0}#1 to {0}#{1}", file.name, runs.size())};
}

}  // namespace weft::perf
