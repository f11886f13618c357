#include <memory>
#include <ostream>

#include "cmd/pattern/input.h"
#include "cmd/pattern/pattern.h"
#include "lib/base/format.h"
#include "lib/doc/write.h"
#include "lib/pattern/writing/convert.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;
using pattern::Dialect;

struct Options {
  PatternFlags input;
  std::string to = "v0";
};

Dialect dialect_of(const std::string& name) {
  if (name == "k8s") return Dialect::manifests;
  return name == "v1beta1" ? Dialect::v1beta1 : Dialect::v0;
}

Result<ExitCode> run(Context& context, Options options) {
  options.input.check_only = options.to == "v0";
  WEFT_TRY(input, open_pattern(context, options.input));
  const auto converted = pattern::convert(input->resolution, input->graph, dialect_of(options.to));
  if (!context.quiet) {
    context.err << notes_text(input->reading.notes, false, context.err_term);
    for (const std::string& loss : converted.losses)
      context.err << fmt::format("left out: {}\n", loss);
  }
  if (context.output == Output::json) {
    doc::Value items = doc::Value::list(), list;
    for (const doc::Value& document : converted.documents) items.push(document);
    list.set("apiVersion", "v1").set("kind", "List").set("items", std::move(items));
    const bool one = options.to != "k8s" && converted.documents.size() == 1;
    context.out << doc::write_json(one ? converted.documents.front() : list);
    return ExitCode::done;
  }
  for (std::size_t i = 0; i < converted.documents.size(); ++i)
    context.out << (i == 0 ? "" : "---\n") << doc::write_yaml(converted.documents[i]);
  return ExitCode::done;
}

}  // namespace

cli::Command pattern_convert_command() {
  auto options = std::make_shared<Options>();
  return {
      .name = "convert",
      .summary = "Write a pattern in another dialect",
      .description =
          "References are resolved on the way, but for secrets. What the other dialect cannot "
          "say is listed on standard error.",
      .examples = {{"weft pattern convert old.yaml --to v1beta1", "a Meshery design"},
                   {"weft pattern convert design.json --to k8s", "plain manifests, in order"}},
      .arguments = {cli::argument("FILE", options->input.path,
                                  "file, folder, URL, or - for standard input")},
      .flags = with_pattern_flags(
          options->input,
          {cli::flag("--to", options->to, "the dialect").one_of({"v0", "v1beta1", "k8s"}),
           cli::flag("--namespace", options->input.ns, "namespace of what names none").as('n')}),
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
