#include "cmd/pattern/input.h"

#include <filesystem>
#include <istream>
#include <iterator>
#include <ostream>

#include "cmd/pattern/fetch.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/lifecycle/values.h"
#include "lib/pattern/reading/shipped.h"
#include "lib/pattern/resolving/discovery.h"
#include "lib/rules/files.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::uint64_t kLargest = 64u << 20;

Result<doc::Source> source_of(Context& context, const std::string& path,
                              const std::string& checksum) {
  if (path.starts_with(pattern::kShippedPrefix)) {
    WEFT_TRY(entry, pattern::find_shipped(path.substr(pattern::kShippedPrefix.size())));
    return pattern::source_of(*entry);
  }
  if (is_url(path)) {
    WEFT_TRY(text, fetch(context, path, checksum));
    return doc::Source(path, std::move(text));
  }
  std::string text;
  if (path == "-") {
    text = std::string(std::istreambuf_iterator<char>(context.in), {});
  } else {
    WEFT_TRY(content, base::read_file(path, kLargest));
    text = std::move(content);
  }
  WEFT_CHECK(check_digest(path, text, checksum));
  return doc::Source(path == "-" ? "<stdin>" : path, std::move(text));
}

// Files are found beside the one that uses them; what comes from the network must be what it was.
Result<doc::Source> used(Context& context, const std::string& name, const std::string& from) {
  if (!is_url(name)) {
    const auto path = std::filesystem::path(from).parent_path() / name;
    return source_of(context, path.lexically_normal().string(), "");
  }
  constexpr std::string_view kMark = "#sha256=";
  const auto mark = name.find(kMark);
  if (mark == std::string::npos)
    return Error{ExitCode::input, fmt::format("{} is used without a checksum", name),
                 fmt::format("write {}#sha256=DIGEST, or use a file", name)};
  return source_of(context, name.substr(0, mark), "sha256:" + name.substr(mark + kMark.size()));
}

Result<void> read_assignments(const PatternFlags& flags, pattern::ReadOptions& out) {
  for (const std::string& text : flags.vars) {
    WEFT_TRY(assigned, lifecycle::parse_set(text));
    for (auto& [name, value] : assigned) out.vars[name] = std::move(value);
  }
  for (const std::string& text : flags.set) {
    WEFT_TRY(assigned, lifecycle::parse_set(text));
    for (auto& [path, value] : assigned) out.set.push_back({path, std::move(value)});
  }
  return {};
}

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

term::Style style_of(pattern::Level level) {
  if (level == pattern::Level::error) return term::Style::red;
  return level == pattern::Level::warning ? term::Style::yellow : term::Style::blue;
}

Result<pattern::Reading> read_all(Context& context, const PatternFlags& flags) {
  pattern::ReadOptions options;
  WEFT_CHECK(read_assignments(flags, options));
  options.environment = [&context](const std::string& name) { return context.env.get(name); };
  options.use = [&context](const std::string& name, const std::string& from) {
    return used(context, name, from);
  };
  std::vector<std::string> paths{flags.path};
  if (is_folder(flags.path)) {
    WEFT_TRY(names, rules::manifest_files(paths));
    if (names.empty())
      return Error{ExitCode::input, fmt::format("{} holds no YAML or JSON files", flags.path)};
    paths = std::move(names);
  }
  std::optional<pattern::Reading> out;
  for (const std::string& path : paths) {
    WEFT_TRY(source, flags.text ? Result<doc::Source>(doc::Source(path, *flags.text))
                                : source_of(context, path, flags.checksum));
    WEFT_TRY(reading, pattern::read(std::move(source), options));
    if (out)
      WEFT_CHECK(pattern::append(*out, std::move(reading)));
    else
      out = std::move(reading);
  }
  if (!out->unused.empty())
    return Error{ExitCode::usage, pattern::unknown_variable(*out, *out->unused.begin()),
                 "leave it out, or correct its name"};
  if (out->pattern.name.empty()) {
    const auto path = std::filesystem::path(flags.path).lexically_normal();
    const std::string stem = (path.has_stem() ? path : path.parent_path()).stem().string();
    out->pattern.name = flags.path == "-" || stem.empty() ? "pattern" : stem;
  }
  return std::move(*out);
}

}  // namespace

cli::Flag mesh_flag(PatternFlags& flags) {
  return cli::flag("--mesh", flags.mesh,
                   "the mesh that mesh-agnostic types are made for (default: that of the pattern)")
      .takes("ID[@VERSION]");
}

cli::Flag allow_loss_flag(PatternFlags& flags) {
  return cli::flag("--allow-loss", flags.allow_loss,
                   "tell what that mesh cannot express instead of refusing it");
}

std::vector<cli::Flag> with_pattern_flags(PatternFlags& flags, std::vector<cli::Flag> more) {
  const auto add = [&more](cli::Flag&& flag) { more.push_back(std::move(flag).in("Pattern")); };
  add(cli::flag("--var", flags.vars, "a variable of the pattern").takes("NAME=VALUE"));
  add(cli::flag("--set", flags.set, "a field: services.web.settings.replicas=3")
          .takes("PATH=VALUE"));
  add(mesh_flag(flags));
  add(allow_loss_flag(flags));
  add(cli::flag("--checksum", flags.checksum, "what the file must hash to").takes("sha256:HEX"));
  return more;
}

Result<std::unique_ptr<PatternInput>> read_pattern(Context& context, const PatternFlags& flags) {
  WEFT_TRY(catalog, mesh::Catalog::open(context.env.config_dir() + "/meshes"));
  auto out = std::make_unique<PatternInput>(std::move(catalog));
  WEFT_TRY(reading, read_all(context, flags));
  out->reading = std::move(reading);
  WEFT_TRY(types, pattern::Types::make(out->catalog));
  out->types = std::move(types);
  pattern::add_definitions(out->types, out->reading.pattern);
  return out;
}

Result<void> resolve_pattern(PatternInput& input, const PatternFlags& flags,
                             kube::Cluster* cluster) {
  const auto at = flags.mesh.find('@');
  const std::string wanted = flags.mesh.substr(0, at);
  pattern::FoundMesh found;
  if (cluster != nullptr) {
    WEFT_CHECK(pattern::discover(*cluster, input.reading.pattern, input.types));
    if (wanted.empty()) {
      WEFT_TRY(mesh,
               pattern::discover_mesh(*cluster, input.catalog, input.reading.pattern, input.types));
      found = std::move(mesh);
    }
  }
  const pattern::ResolveOptions how{
      .ns = flags.ns,
      .mesh = wanted,
      .mesh_version = at == std::string::npos ? "" : flags.mesh.substr(at + 1),
      .found_mesh = found.id,
      .found_version = found.version,
      .allow_loss = flags.allow_loss,
      .check_only = flags.check_only};
  WEFT_TRY(resolution, pattern::resolve(input.reading.pattern, input.types, input.catalog, how,
                                        input.reading.notes));
  input.resolution = std::move(resolution);
  WEFT_TRY(graph, pattern::make_graph(input.resolution, input.reading.notes));
  input.graph = std::move(graph);
  return {};
}

Result<std::unique_ptr<PatternInput>> open_pattern(Context& context, const PatternFlags& flags) {
  WEFT_TRY(out, read_pattern(context, flags));
  WEFT_CHECK(resolve_pattern(*out, flags, nullptr));
  return std::move(out);
}

std::string notes_text(const pattern::Notes& notes, bool all, const term::Terminal& terminal) {
  std::string out;
  for (const pattern::Note& note : notes) {
    if (note.level == pattern::Level::info && !all) continue;
    out += fmt::format("{} {}: {}\n", note.where.text(),
                       paint(terminal, style_of(note.level), name_of(note.level)), note.message);
  }
  return out;
}

}  // namespace weft::cmd
