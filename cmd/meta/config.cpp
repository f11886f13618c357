#include "cmd/config.h"

#include <filesystem>
#include <memory>
#include <ostream>

#include "cmd/commands.h"
#include "cmd/meta/meta.h"
#include "cmd/output.h"
#include "lib/base/text.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

struct Row {
  std::string key;
  std::string value;
  std::string origin;
};

Result<std::vector<Row>> effective_settings(const Context& context) {
  Globals globals;
  const auto known = known_keys(root(), global_flags(globals));
  WEFT_TRY(config, Config::load(context.env, context.directory, known));
  std::vector<Row> rows;
  for (const KnownKey& key : known) {
    const auto setting = config.find(key.key);
    if (!setting) {
      rows.push_back({key.key, key.default_text, "default"});
      continue;
    }
    base::Where where = setting->where;
    const std::string place = where.line != 0 ? where.text() : setting->origin;
    rows.push_back({key.key, base::join(setting->values, ", "), place});
  }
  return rows;
}

Result<ExitCode> view(Context& context, bool show_origin) {
  WEFT_TRY(rows, effective_settings(context));
  if (is_structured(context)) {
    doc::Value settings = doc::Value::list();
    for (const Row& row : rows) {
      doc::Value item;
      settings.push(item.set("key", row.key).set("value", row.value).set("origin", row.origin));
    }
    doc::Value document;
    document.set("schema", "weft.config/v1").set("settings", std::move(settings));
    return print(context, document);
  }
  term::Table table{{{"key"}, {"value"}}};
  if (show_origin) table.columns.push_back({"origin"});
  for (const Row& row : rows) {
    table.rows.push_back({{row.key}, {row.value}});
    if (show_origin) table.rows.back().push_back({row.origin});
  }
  context.out << term::render(table, context.out_term);
  return ExitCode::done;
}

Result<ExitCode> show_paths(Context& context) {
  const ConfigPaths paths = config_paths(context.env, context.directory);
  std::error_code ignored;
  const bool user_exists = std::filesystem::exists(paths.user, ignored);
  if (is_structured(context)) {
    doc::Value document;
    document.set("schema", "weft.config-path/v1")
        .set("project", paths.project ? doc::Value(*paths.project) : doc::Value())
        .set("user", paths.user)
        .set("user_exists", user_exists);
    return print(context, document);
  }
  const term::Table table{{{"scope"}, {"file"}},
                          {{{"project"}, {paths.project.value_or("no .weft.yaml here or above")}},
                           {{"user"}, {paths.user + (user_exists ? "" : " (does not exist)")}}}};
  context.out << term::render(table, context.out_term);
  return ExitCode::done;
}

cli::Command view_command() {
  auto show_origin = std::make_shared<bool>(false);
  return {.name = "view",
          .summary = "Show every setting and its value",
          .examples = {{"weft config view --show-origin", "where each value comes from"}},
          .flags = {cli::flag("--show-origin", *show_origin, "show where each value comes from")},
          .exit_notes = {{ExitCode::input, "a configuration file is not usable"}},
          .run = [show_origin](Context& context) { return view(context, *show_origin); }};
}

cli::Command path_command() {
  return {.name = "path",
          .summary = "Show which files settings are read from",
          .examples = {{"weft config path", ""}},
          .without_files = true,
          .run = show_paths};
}

}  // namespace

cli::Command config_command() {
  return {.name = "config",
          .summary = "Show settings and where they come from",
          .description =
              "Settings come from, the first that has one: the flag, a WEFT_* variable, "
              ".weft.yaml in this folder or above, the user's config.yaml, the default.",
          .commands = {view_command(), path_command()},
          .heading = "About weft"};
}

}  // namespace weft::cmd
