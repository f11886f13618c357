#include "lib/mesh/charts.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/sha256.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"

namespace weft::mesh {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::size_t kMostFiles = 20'000;
// Istio's charts wrap their values so that a profile can be laid under the user's.
constexpr const char* kIstioWrapper = "_internal_defaults_do_not_set";

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

bool is_file(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

std::string last_part(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

Result<doc::Value> read_part(kube::Helm& helm, const kube::Chart& chart, const char* file) {
  if (!is_folder(chart.source))
    return std::string_view(file) == "Chart.yaml" ? helm.show_chart(chart)
                                                  : helm.show_values(chart);
  const std::string path = fmt::format("{}/{}", chart.source, file);
  if (!is_file(path) && std::string_view(file) != "Chart.yaml") return doc::Value::map();
  WEFT_TRY(text, base::read_file(path));
  doc::Manifests read = doc::read_manifests(doc::Source{path, std::move(text)});
  if (!read.broken.empty()) return std::move(read.broken.front());
  return read.documents.empty() ? doc::Value::map()
                                : std::move(read.documents.front().document.root);
}

std::string text_of(const doc::Value& map, std::string_view key) {
  const doc::Value* found = map.find(key);
  return found != nullptr && found->is_string() ? found->string().str() : std::string();
}

Result<LocatedChart> describe(kube::Helm& helm, const std::string& source) {
  LocatedChart out;
  out.chart.source = source;
  WEFT_TRY(about, read_part(helm, out.chart, "Chart.yaml"));
  out.name = text_of(about, "name");
  out.version = text_of(about, "version");
  out.app_version = text_of(about, "appVersion");
  if (out.name.empty() || out.version.empty())
    return Error{ExitCode::input,
                 fmt::format("{} is no chart: its Chart.yaml has no name or version", source),
                 "give a folder or archive that `helm show chart` understands"};
  WEFT_TRY(digest, digest_of(source));
  out.digest = std::move(digest);
  return out;
}

Result<LocatedChart> checked(LocatedChart chart, const std::string& version) {
  const auto plain = [](std::string_view text) {
    return text.starts_with('v') ? text.substr(1) : text;
  };
  const bool line = version.ends_with(".x");
  const std::string_view wanted =
      line ? plain(version).substr(0, plain(version).size() - 1) : plain(version);
  const std::string_view found = plain(chart.version);
  if (version.empty() || found == wanted || (line && found.starts_with(wanted))) return chart;
  return Error{ExitCode::usage,
               fmt::format("chart {} in {} has version {}, {} was asked for", chart.name,
                           chart.chart.source, chart.version, version),
               fmt::format("--version {} takes what lies there", chart.version)};
}

// NAME-VERSION.tgz in a folder: those of one version, or all.
std::vector<std::string> archives_in(const std::string& folder, const std::string& name,
                                     const std::string& version) {
  if (!version.empty() && !version.ends_with(".x")) {
    std::string archive = fmt::format("{}/{}-{}.tgz", folder, name, version);
    return is_file(archive) ? std::vector{std::move(archive)} : std::vector<std::string>{};
  }
  // A name may begin like another: what follows it is a version.
  const auto fits_name = [&name](std::string_view file) {
    return file.starts_with(name + "-") && file.ends_with(".tgz") &&
           std::string_view("v0123456789").find(file[name.size() + 1]) != std::string_view::npos;
  };
  std::vector<std::string> found;
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(folder, unreadable))
    if (fits_name(entry.path().filename().string())) found.push_back(entry.path().string());
  std::sort(found.begin(), found.end());
  return found;
}

Result<LocatedChart> in_folder(kube::Helm& helm, const Mesh& mesh, const std::string& name,
                               const std::string& version, const std::string& folder) {
  const std::vector<std::string> tried{fmt::format("{}/{}/{}", folder, mesh.id, name),
                                       fmt::format("{}/{}", folder, name)};
  for (const std::string& place : tried)
    if (is_file(place + "/Chart.yaml")) {
      WEFT_TRY(found, describe(helm, place));
      return checked(std::move(found), version);
    }
  const auto archives = archives_in(folder, name, version);
  if (archives.size() > 1)
    return Error{ExitCode::usage, fmt::format("{} has several archives of chart {}", folder, name),
                 "say which: --version V"}
        .because(base::join(archives, ", "));
  if (!archives.empty()) {
    WEFT_TRY(found, describe(helm, archives.front()));
    return checked(std::move(found), version);
  }
  return Error{ExitCode::input, fmt::format("no chart {} in {}", name, folder),
               fmt::format("helm pull {} into it, or leave out --chart-dir", name)}
      .because(fmt::format("looked at {}, {}/{}-{}.tgz", base::join(tried, ", "), folder, name,
                           version.empty() ? "VERSION" : version));
}

Result<LocatedChart> fetched(kube::Helm& helm, kube::Chart chart, const ChartSources& sources) {
  const std::string name = last_part(chart.source);
  const std::string origin = chart.repo.empty() ? chart.source : chart.repo;
  const std::string folder =
      fmt::format("{}/charts/{}", sources.cache, base::sha256_hex(origin).substr(0, 16));
  const std::string archive = fmt::format("{}/{}-{}.tgz", folder, name, chart.version);
  if (!chart.version.empty() && is_file(archive)) return describe(helm, archive);
  if (sources.offline)
    return Error{ExitCode::cluster,
                 fmt::format("chart {} {} is not on this machine", name, chart.version),
                 "give --chart-dir, or leave out --offline"};
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed)
    return Error{ExitCode::input, fmt::format("cannot make the folder {}", folder)}.because(
        failed.message());
  WEFT_TRY(path, helm.pull(chart, folder));
  return describe(helm, path);
}

}  // namespace

Result<std::string> digest_of(const std::string& path) {
  if (!is_folder(path)) {
    WEFT_TRY(content, base::read_file(path));
    return base::sha256_hex(content);
  }
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::recursive_directory_iterator it(path, failed), end; !failed && it != end;
       it.increment(failed)) {
    if (it->is_regular_file(failed))
      names.push_back(fs::relative(it->path(), path, failed).string());
    if (names.size() > kMostFiles)
      return Error{ExitCode::input, fmt::format("{} has more than {} files", path, kMostFiles),
                   "give the folder of one chart"};
  }
  if (failed)
    return Error{ExitCode::input, fmt::format("cannot read the folder {}", path)}.because(
        failed.message());
  std::sort(names.begin(), names.end());
  base::Sha256 hash;
  for (const std::string& name : names) {
    WEFT_TRY(content, base::read_file(fmt::format("{}/{}", path, name)));
    hash.add(fmt::format("{}\n{}\n", name, content.size()));
    hash.add(content);
  }
  return hash.hex();
}

Result<LocatedChart> locate_chart(kube::Helm& helm, const Mesh& mesh, const Step& step,
                                  const std::string& version, const ChartSources& sources) {
  const std::string name = last_part(step.chart);
  for (const std::string& given : sources.charts) {
    if (given.starts_with("oci://")) {
      if (last_part(given) == name) return fetched(helm, {given, "", version}, sources);
      continue;
    }
    WEFT_TRY(found, describe(helm, given));
    if (found.name == name) return checked(std::move(found), version);
  }
  if (!sources.folder.empty()) return in_folder(helm, mesh, name, version, sources.folder);
  if (!sources.repo.empty()) return fetched(helm, {name, sources.repo, version}, sources);
  for (const Repo& repo : mesh.repos) {
    if (repo.name != step.repo) continue;
    if (!repo.url.empty()) return fetched(helm, {name, repo.url, version}, sources);
    return fetched(helm, {fmt::format("{}/{}", repo.oci, name), "", version}, sources);
  }
  return Error{ExitCode::input, fmt::format("no repository is known for chart {}", name),
               "give --chart-dir, --chart or --repo"};
}

Result<std::string> locate_tree(const Mesh& mesh, const Step& step, const std::string& version,
                                const ChartSources& sources) {
  for (const std::string& root : {fmt::format("{}/{}/kustomize", sources.folder, mesh.id),
                                  fmt::format("{}/{}", sources.folder, mesh.id), sources.folder})
    if (!sources.folder.empty() && is_folder(fmt::format("{}/{}", root, step.path))) return root;
  const std::string url = mesh.repos.empty() ? std::string() : mesh.repos.front().url;
  return Error{ExitCode::input,
               fmt::format("the kustomize tree of {} {} is not on this machine", mesh.id, version),
               fmt::format("git clone --branch {} {} {} and give --chart-dir {}", version, url,
                           mesh.id, sources.folder.empty() ? "." : sources.folder)};
}

Result<std::vector<std::string>> value_keys(kube::Helm& helm, const kube::Chart& chart) {
  WEFT_TRY(values, read_part(helm, chart, "values.yaml"));
  std::vector<std::string> keys;
  const auto add = [&keys](const doc::Value& map) {
    if (map.is_map())
      for (const auto& member : map.members()) keys.push_back(member.key);
  };
  if (const doc::Value* wrapped = values.find(kIstioWrapper)) add(*wrapped);
  add(values);
  return keys;
}

}  // namespace weft::mesh
