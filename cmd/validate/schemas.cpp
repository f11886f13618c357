#include "cmd/validate/schemas.h"

#include <filesystem>
#include <ostream>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/schema/load.h"
#include "lib/schema/location.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

bool is_url(std::string_view location) {
  return location.starts_with("https://") || location.starts_with("http://");
}

// Absent when the server has no such file.
Result<std::optional<std::string>> fetch(Context& context, const std::string& url) {
  if (!context.runner.find("curl"))
    return Error{ExitCode::tool, fmt::format("cannot read {}: curl was not found", url),
                 "install curl, or use a folder of schemas"};
  const proc::Command command{.argv = {"curl", "-fsSL", "--max-time", "20", "--", url},
                              .deadline = std::chrono::seconds(30),
                              .output_limit = 32u << 20,
                              .stop = &context.stop};
  WEFT_TRY(done, context.runner.run(command));
  constexpr int kHttpError = 22;
  if (done.exit_code == kHttpError && done.err.find("404") != std::string::npos)
    return std::optional<std::string>{};
  if (done.exit_code != 0)
    return Error{ExitCode::tool, fmt::format("cannot read {}", url), "check --schema-location"}
        .because(std::string(base::trim(done.err)));
  return std::optional(std::move(done.out));
}

// A file name for a URL: what is no letter, digit, '.', '-' or '_' becomes its hexadecimal code.
std::string file_name(std::string_view url) {
  std::string name;
  for (const char c : url) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    name += is_plain ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  return name;
}

// Each URL is asked for once a day: what it gave is kept, empty when there was no such file.
Result<std::optional<std::string>> fetch_daily(Context& context, const std::string& url) {
  const std::string root = context.env.cache_dir() + "/fetched-schemas";
  const std::string today = base::format_rfc3339(context.clock.wall()).substr(0, 10);
  const std::string path = fmt::format("{}/{}/{}", root, today, file_name(url));
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) {
    WEFT_TRY(kept, base::read_file(path));
    return kept.empty() ? std::optional<std::string>() : std::optional(std::move(kept));
  }
  WEFT_TRY(text, fetch(context, url));
  if (!std::filesystem::exists(fmt::format("{}/{}", root, today), ignored))
    std::filesystem::remove_all(root, ignored);  // what other days gave
  // A folder that cannot be written costs time, no more.
  static_cast<void>(base::write_file(path, text.value_or("")).ok());
  return text;
}

Result<std::optional<std::string>> look_up(Context& context, const std::string& path) {
  if (is_url(path)) return fetch_daily(context, path);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::optional<std::string>{};
  WEFT_TRY(text, base::read_file(path));
  return std::optional(std::move(text));
}

Result<void> add_catalogue(Context& context, const std::string& location,
                           const std::set<schema::KindName>& kinds, schema::SchemaSet& set) {
  for (const schema::KindName& kind : kinds) {
    const auto path = schema::expand(location, kind);
    if (!path) continue;
    WEFT_TRY(text, look_up(context, *path));
    if (text) WEFT_CHECK(schema::add_located(set, kind, doc::Source(*path, std::move(*text))));
  }
  return {};
}

}  // namespace

std::string schema_cache(const Context& context) { return context.env.cache_dir() + "/schemas"; }

Result<schema::SchemaSet> read_schemas(Context& context, const std::vector<std::string>& locations,
                                       const std::set<schema::KindName>& kinds) {
  schema::SchemaSet set;
  const std::string cache = fmt::format("{}/{}", schema_cache(context), schema::kCacheLayout);
  WEFT_CHECK(add_catalogue(context, cache, kinds, set));
  std::vector<std::string> problems;
  for (const std::string& location : locations) {
    if (schema::is_template(location))
      WEFT_CHECK(add_catalogue(context, location, kinds, set));
    else if (is_url(location))
      return Error{ExitCode::usage, fmt::format("{} names no file for a kind", location),
                   "write it like https://example.com/{group}/{kind}_{version}.json"};
    else
      WEFT_CHECK(schema::add_path(set, location, problems));
  }
  if (!context.quiet)
    for (const std::string& problem : problems) context.err << fmt::format("note: {}\n", problem);
  return set;
}

}  // namespace weft::cmd
