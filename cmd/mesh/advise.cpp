#include "lib/mesh/advise.h"

#include <functional>
#include <memory>
#include <ostream>

#include "cmd/mesh/mesh.h"
#include "cmd/output.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/mesh/capabilities.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using mesh::Advice;
using mesh::Support;

struct Options {
  std::string needs;
  std::optional<std::string> kubernetes;
  std::string avoid;
  bool all = false;
};

std::vector<std::string> words(const std::string& list) {
  std::vector<std::string> all;
  for (const auto part : base::split(list, ','))
    if (const auto word = base::trim(part); !word.empty()) all.emplace_back(word);
  return all;
}

base::Result<mesh::Requirements> requirements_of(const Options& options) {
  mesh::Requirements wanted;
  WEFT_TRY(needs, mesh::parse_needs(words(options.needs)));
  wanted.capabilities = needs;
  wanted.avoid = words(options.avoid);
  if (options.kubernetes) {
    wanted.cluster = mesh::parse_minor(*options.kubernetes);
    if (!wanted.cluster)
      return Error{ExitCode::usage, fmt::format("--k8s is {}", *options.kubernetes),
                   "give a version of Kubernetes, for example --k8s 1.33"};
  }
  return wanted;
}

// The needs that are met in this way, by id.
std::string met(const Advice& advice, const std::function<bool(std::optional<Support>)>& by) {
  std::vector<std::string> ids;
  for (const auto& answer : advice.answers) {
    if (!by(answer.support)) continue;
    const bool say_how = answer.support && *answer.support != Support::yes &&
                         *answer.support != Support::no && *answer.support != Support::partial;
    ids.push_back(say_how ? fmt::format("{} ({})", answer.capability, to_string(*answer.support))
                          : answer.capability);
  }
  return base::join(ids, ", ");
}

bool has(std::optional<Support> support) {
  return support == Support::yes || support == Support::annotation;
}
bool lacks(std::optional<Support> support) { return support == Support::no; }
bool unknown(std::optional<Support> support) { return !support; }
bool partly(std::optional<Support> support) {
  return !has(support) && !lacks(support) && !unknown(support);
}

std::string reasons(const Advice& advice, bool short_form) {
  std::string text;
  const auto line = [&text](std::string_view name, const std::string& what) {
    if (!what.empty()) text += fmt::format("   {:<10}{}\n", name, what);
  };
  if (!short_form) line("has", met(advice, has));
  line("partly", met(advice, partly));
  line("lacks", met(advice, lacks));
  line("unknown", met(advice, unknown));
  for (const auto& reason : advice.against) line("against", reason);
  line("instead", base::join(advice.successors, ", "));
  for (const auto& caveat : advice.caveats) line("caveat", caveat);
  return text;
}

std::string text_of(const mesh::Ranking& ranking, const Options& options,
                    const term::Terminal& terminal) {
  constexpr std::size_t kShown = 5;
  std::string text;
  std::size_t rank = 0;
  for (const auto& advice : ranking.advice) {
    if (!options.all && (rank == kShown || advice.score == 0)) break;
    const auto version = advice.version ? " " + advice.version->version : std::string();
    text += fmt::format("{}. {}{}  {:.0f} of 100  {}\n", ++rank,
                        term::paint(terminal, term::Style::bold, advice.mesh->id), version,
                        advice.score, status_text(advice.mesh->status));
    text += reasons(advice, words(options.needs).empty());
  }
  if (rank < ranking.advice.size())
    text += fmt::format("{} more with --all\n", ranking.advice.size() - rank);
  std::vector<std::string> avoided;
  for (const auto& one : ranking.avoided)
    avoided.push_back(fmt::format("{} ({})", one.mesh->id, one.why));
  if (!avoided.empty()) text += "avoided: " + base::join(avoided, ", ") + "\n";
  return text;
}

doc::Value list_of(const std::vector<std::string>& texts) {
  doc::Value list = doc::Value::list();
  for (const auto& text : texts) list.push(text);
  return list;
}

doc::Value document_of(const mesh::Ranking& ranking) {
  doc::Value all = doc::Value::list();
  for (const auto& advice : ranking.advice) {
    doc::Value one;
    one.set("mesh", advice.mesh->id).set("score", advice.score);
    one.set("state", to_string(advice.mesh->status.state));
    if (advice.version) one.set("version", advice.version->version);
    doc::Value answers = doc::Value::map();
    for (const auto& answer : advice.answers)
      answers.set(answer.capability, answer.support ? to_string(*answer.support) : "unknown");
    one.set("capabilities", std::move(answers)).set("against", list_of(advice.against));
    one.set("caveats", list_of(advice.caveats)).set("successors", list_of(advice.successors));
    all.push(std::move(one));
  }
  doc::Value avoided = doc::Value::list();
  for (const auto& one : ranking.avoided)
    avoided.push(doc::Value::map().set("mesh", one.mesh->id).set("why", one.why));
  doc::Value document;
  document.set("schema", "weft.mesh-advice/v1").set("ranking", std::move(all));
  return document.set("avoided", std::move(avoided));
}

base::Result<ExitCode> advise(Context& context, const Options& options) {
  WEFT_TRY(wanted, requirements_of(options));
  WEFT_TRY(catalog, open_catalog(context));
  WEFT_TRY(ranking, mesh::advise(catalog, wanted));
  if (is_structured(context)) return print(context, document_of(ranking));
  if (context.output == Output::name) {
    for (const auto& advice : ranking.advice)
      if (options.all || advice.score > 0) context.out << advice.mesh->id << '\n';
    return ExitCode::done;
  }
  context.out << text_of(ranking, options, context.out_term);
  return ExitCode::done;
}

// The last word of a list that grows: "mtls,can" -> "mtls,canary".
std::vector<cli::Candidate> complete_needs(Context&, std::string_view prefix) {
  const auto comma = prefix.rfind(',');
  const auto before = comma == std::string_view::npos ? "" : prefix.substr(0, comma + 1);
  const auto last = prefix.substr(before.size());
  std::vector<cli::Candidate> candidates;
  for (const auto& row : mesh::capabilities())
    if (row.id.starts_with(last))
      candidates.push_back({std::string(before) + std::string(row.id), std::string(row.title)});
  return candidates;
}

std::string description() {
  std::string text =
      "Ranks the meshes by how they meet what you need. Each need counts alike: by a resource of "
      "the mesh's own fully, by an annotation almost, in part half, by raw proxy configuration or "
      "only in an enterprise edition a third. The mean is lowered for meshes that are archived, "
      "ended or commercial, that weft cannot install, that have no version for the cluster or that "
      "replace its network; each such reason is shown.\n\nNeeds:\n\n";
  for (const auto& row : mesh::capabilities())
    text += fmt::format("  {:<22}{}\n", row.id, row.title);
  return text;
}

}  // namespace

cli::Command mesh_advise_command() {
  auto options = std::make_shared<Options>();
  return {.name = "advise",
          .summary = "Rank the meshes by what you need",
          .description = description(),
          .examples = {{"weft mesh advise --needs mtls,canary,rate-limit --k8s 1.33", ""},
                       {"weft mesh advise --needs sidecarless --avoid archived,commercial",
                        "without sidecars, nothing archived or commercial"},
                       {"weft mesh advise -o json", "schema weft.mesh-advice/v1"}},
          .flags = {cli::flag("--needs", options->needs, "what it must be able to do, by commas")
                        .takes("NEED,...")
                        .completes(complete_needs),
                    cli::flag("--k8s", options->kubernetes, "the version of Kubernetes it runs on")
                        .takes("VERSION"),
                    cli::flag("--avoid", options->avoid,
                              "leave out: archived, ended, commercial, external, sidecars, "
                              "network, or ids of meshes")
                        .takes("WORD,..."),
                    cli::flag("--all", options->all, "show every mesh").as('a')},
          .run = [options](Context& context) { return advise(context, *options); }};
}

}  // namespace weft::cmd
