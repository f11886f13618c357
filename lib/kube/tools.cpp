#include "lib/kube/tools.h"

#include <algorithm>
#include <cstdlib>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/kube/errors.h"
#include "lib/kube/object.h"
#include "lib/proc/tools.h"

namespace weft::kube {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

const proc::Tool& tool_named(std::string_view name) {
  const auto all = proc::tools();
  return *std::find_if(all.begin(), all.end(),
                       [name](const proc::Tool& tool) { return tool.program == name; });
}

// Asks `program` with `question`; `read` finds the version in its output.
template <typename Read>
Result<Program> find_program(proc::Runner& runner, const proc::Tool& tool,
                             const std::string& program, std::vector<std::string> question,
                             const base::StopFlag* stop, Read read) {
  const auto path = runner.find(program);
  if (!path)
    return Error{ExitCode::tool, fmt::format("{} was not found", program),
                 fmt::format("install {} ({}), or name it with --{}", tool.program, tool.remedy,
                             tool.program)};
  question.insert(question.begin(), program);
  const proc::Command command{.argv = std::move(question),
                              .deadline = std::chrono::seconds(10),
                              .output_limit = 1u << 20,
                              .stop = stop};
  WEFT_TRY(said, runner.run(command));
  const std::optional<Version> version = read(said.out);
  if (!version)
    return Error{ExitCode::tool, fmt::format("{} does not say its version", *path),
                 "see for yourself: " + command.text()}
        .because(complaint_of(said.err));
  if (*version < parse_version(tool.minimum).value_or(Version{}))
    return Error{
        ExitCode::tool,
        fmt::format("{} is version {}, weft needs {} or newer", *path, version->text, tool.minimum),
        fmt::format("install a newer {} ({}), or name one with --{}", tool.program, tool.remedy,
                    tool.program)};
  return Program{program, *version};
}

}  // namespace

Result<Program> find_kubectl(proc::Runner& runner, const std::string& program,
                             const base::StopFlag* stop) {
  return find_program(
      runner, tool_named("kubectl"), program, {"version", "--client", "-o", "json"}, stop,
      [](const std::string& out) -> std::optional<Version> {
        const auto document = doc::read_json(doc::Source("kubectl version", out));
        if (!document.ok()) return std::nullopt;
        return parse_version(text_at(document->root, {"clientVersion", "gitVersion"}));
      });
}

Result<Program> find_helm(proc::Runner& runner, const std::string& program,
                          const base::StopFlag* stop) {
  return find_program(runner, tool_named("helm"), program,
                      {"version", "--template", "{{.Version}}"}, stop,
                      [](const std::string& out) { return parse_version(base::trim(out)); });
}

std::vector<std::string> version_warnings(const std::optional<Program>& kubectl,
                                          const std::optional<Program>& helm,
                                          const std::optional<Version>& server) {
  std::vector<std::string> warnings;
  if (kubectl && server &&
      (kubectl->version.major != server->major ||
       std::abs(kubectl->version.minor - server->minor) > 1))
    warnings.push_back(fmt::format("kubectl {} and server {} are more than one minor version apart",
                                   kubectl->version.text, server->text));
  if (helm && helm->version < Version{3, 17, 0, {}})
    warnings.push_back(fmt::format("helm {} is older than 3.17: releases {}", helm->version.text,
                                   helm->version < Version{3, 13, 0, {}}
                                       ? "get no labels and plans do not ask the server"
                                       : "cannot adopt objects"));
  return warnings;
}

}  // namespace weft::kube
