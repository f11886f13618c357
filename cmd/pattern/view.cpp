#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/pattern/input.h"
#include "cmd/pattern/pattern.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

std::string what_of(const pattern::Part& part) {
  if (part.type.what != pattern::TypeKind::mesh) return base::plural(part.objects.size(), "object");
  return fmt::format("{} {}", part.order.id,
                     part.order.version.empty() ? "(newest)" : part.order.version);
}

std::string needs_of(const PatternInput& input, std::size_t index) {
  std::vector<std::string> out;
  for (const pattern::Edge& edge : input.graph.needs[index])
    out.push_back(input.resolution.parts[edge.needs].service->key);
  return base::join(out, ",");
}

doc::Value document_of(const PatternInput& input) {
  doc::Value services = doc::Value::list(), out;
  for (const auto& level : input.graph.levels)
    for (std::size_t i : level) {
      const pattern::Part& part = input.resolution.parts[i];
      doc::Value one, objects = doc::Value::list();
      for (const kube::Object& object : part.objects) objects.push(kube::ref_of(object).text());
      one.set("service", part.service->key)
          .set("type", part.type.name)
          .set("namespace", part.service->ns)
          .set("level", std::uint64_t{input.graph.level_of[i] + 1})
          .set("mesh", part.order.id)
          .set("version", part.order.version)
          .set("objects", std::move(objects));
      services.push(std::move(one));
    }
  out.set("schema", "weft.pattern/v1")
      .set("name", input.reading.pattern.name)
      .set("version", input.reading.pattern.version)
      .set("dialect", name_of(input.reading.pattern.dialect))
      .set("services", std::move(services));
  return out;
}

Result<ExitCode> run(Context& context, const PatternFlags& flags) {
  WEFT_TRY(input, open_pattern(context, flags));
  if (is_structured(context)) return print(context, document_of(*input));
  term::Table table{{{"level"}, {"service"}, {"type"}, {"namespace"}, {"is"}, {"needs"}}};
  for (const auto& level : input->graph.levels)
    for (std::size_t i : level) {
      const pattern::Part& part = input->resolution.parts[i];
      table.rows.push_back({{std::to_string(input->graph.level_of[i] + 1)},
                            {part.service->key},
                            {part.type.name},
                            {part.service->ns},
                            {what_of(part)},
                            {needs_of(*input, i)}});
    }
  context.out << render(table, context.out_term);
  return ExitCode::done;
}

}  // namespace

cli::Command pattern_view_command() {
  auto flags = std::make_shared<PatternFlags>();
  flags->check_only = true;
  return {
      .name = "view",
      .summary = "Show the services of a pattern in the order they are carried out",
      .examples = {{"weft pattern view shop.yaml", ""}},
      .arguments = {cli::argument("FILE", flags->path,
                                  "file, folder, URL, or - for standard input")},
      .flags = with_pattern_flags(
          *flags, {cli::flag("--namespace", flags->ns, "namespace of what names none").as('n')}),
      .run = [flags](Context& context) { return run(context, *flags); }};
}

}  // namespace weft::cmd
