#include "cmd/conformance/results.h"

#include <algorithm>
#include <filesystem>

#include "cmd/keys/keys.h"
#include "cmd/perf/results.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;

bool is_file(const std::string& path) {
  std::error_code error;
  return path == "-" || std::filesystem::is_regular_file(path, error);
}

// The id that `selector` means, empty when it means none.
base::Result<std::string> find_id(const perf::Store& store, const std::string& selector) {
  const auto ids = store.ids();
  if (selector == "latest") return ids.empty() ? std::string() : ids.front();
  std::vector<std::string> fitting;
  for (const auto& id : ids) {
    if (id == selector) return id;
    if (id.starts_with(selector)) fitting.push_back(id);
  }
  if (fitting.size() > 1)
    return Error{ExitCode::input,
                 fmt::format("{} fits several results: {}", selector, base::join(fitting, ", "))};
  return fitting.empty() ? std::string() : fitting.front();
}

// Subjects are names of a stranger: only a plain one is looked for.
bool is_plain(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
         name.find('\0') == std::string::npos;
}

}  // namespace

perf::Store conformance_store(const Context& context) {
  return perf::Store(context.env.data_dir() + "/conformance");
}

std::string beside(const std::string& path, const std::string& name) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? name : path.substr(0, slash + 1) + name;
}

base::Result<LoadedRuns> load_conformance(const Context& context, const std::string& selector) {
  LoadedRuns loaded{.path = path_in(context, selector)};
  if (!is_file(loaded.path)) {
    const auto store = conformance_store(context);
    WEFT_TRY(id, find_id(store, selector));
    if (id.empty())
      return Error{ExitCode::input, fmt::format("{} is no result and no file", selector),
                   "give a file, or an id: weft conformance matrix -o name lists what is stored"};
    loaded.path = store.path(id, "result.json");
  }
  WEFT_TRY(text, base::read_file(loaded.path, conform::kMaxResultBytes));
  loaded.file = attest::subject_of(std::filesystem::path(loaded.path).filename().string(), text);
  loaded.text = text;
  WEFT_TRY(imported, conform::read_runs(doc::Source{selector, std::move(text)}));
  loaded.origin = imported.origin;
  loaded.runs = std::move(imported.runs);
  return loaded;
}

std::vector<cli::Candidate> complete_conformance(Context& context, std::string_view prefix) {
  std::vector<cli::Candidate> candidates;
  for (const auto& id : conformance_store(context).ids())
    if (id.starts_with(prefix)) candidates.push_back({id, "a stored result"});
  if (!candidates.empty() && std::string_view("latest").starts_with(prefix))
    candidates.insert(candidates.begin(), {"latest", "the newest result"});
  return candidates;
}

base::Result<std::vector<attest::TrustedKey>> trusted_keys(const Context& context,
                                                           const std::vector<std::string>& files) {
  std::vector<attest::TrustedKey> keys;
  for (const auto& file : files) {
    WEFT_TRY(key, load_public_key(context, file));
    keys.push_back({file, std::move(key)});
  }
  return keys;
}

base::Result<CheckedStatement> check_statement(const Context& context, const std::string& path,
                                               const attest::Policy& policy) {
  std::string place = path_in(context, path);
  std::error_code error;
  if (std::filesystem::is_directory(place, error)) place += "/result.intoto.json";
  WEFT_TRY(text, base::read_file(place, attest::kMaxEnvelopeBytes));
  WEFT_TRY(envelope, attest::read_envelope(std::move(text), path));
  WEFT_TRY(verified, attest::verify(envelope, policy, path));
  CheckedStatement checked{std::move(envelope), std::move(verified), {}, {}};
  for (const auto& subject : checked.verified.statement.subjects) {
    // Given with --artifact: its digest was compared already, wherever it stands.
    const bool given = std::ranges::any_of(policy.artifacts, [&](const attest::Subject& artifact) {
      return !subject.sha256.empty() && artifact.sha256 == subject.sha256;
    });
    if (given) {
      checked.present.push_back(subject.name);
      continue;
    }
    const std::string file = beside(place, subject.name);
    if (place == "-" || !is_plain(subject.name) || !is_file(file)) {
      checked.missing.push_back(subject.name);
      continue;
    }
    WEFT_TRY(content, base::read_file(file));
    const auto found = attest::subject_of(subject.name, content);
    if (!subject.sha256.empty() && found.sha256 != subject.sha256)
      return Error{ExitCode::invalid,
                   fmt::format("{}: {} was changed: its sha256 is {}, signed was {}", path,
                               subject.name, found.sha256, subject.sha256),
                   "get the file again from who signed it"};
    (subject.sha256.empty() ? checked.missing : checked.present).push_back(subject.name);
  }
  return checked;
}

std::vector<cli::Flag> with_implementation_flags(ImplementationFlags& flags,
                                                 std::vector<cli::Flag> others) {
  const auto flag = [](std::string_view name, std::string& target, std::string_view help) {
    return cli::flag(std::string(name), target, std::string(help)).in("Report");
  };
  std::vector<cli::Flag> own{
      flag("--organization", flags.organization, "who makes the mesh").takes("NAME"),
      flag("--project", flags.project, "name of the mesh in reports").takes("NAME"),
      flag("--url", flags.url, "of the project").takes("URL"),
      flag("--implementation-version", flags.version, "of the mesh: a release, not a branch")
          .takes("VERSION"),
      cli::flag("--contact", flags.contacts, "whom to ask about the report: @name or an address")
          .takes("CONTACT")
          .in("Report")};
  std::ranges::move(own, std::back_inserter(others));
  return others;
}

void fill_in(const ImplementationFlags& flags, conform::Mesh& mesh) {
  const auto set = [](const std::string& given, std::string& out) {
    if (!given.empty()) out = given;
  };
  set(flags.organization, mesh.organization);
  set(flags.project, mesh.name);
  set(flags.url, mesh.url);
  set(flags.version, mesh.version);
  if (!flags.contacts.empty()) mesh.contacts = flags.contacts;
}

}  // namespace weft::cmd
