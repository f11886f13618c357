#include "lib/cli/complete.h"

#include <catch2/catch.hpp>

namespace weft::cmd {
struct Context {};
}  // namespace weft::cmd

using namespace weft;

namespace {

struct Options {
  std::string mesh;
  std::vector<std::string> files;
  std::string output = "table";
  std::string values;
  bool quiet = false;
  bool secret = false;
};

std::vector<cli::Candidate> meshes(cmd::Context&, std::string_view) {
  return {{"istio", "Istio"}, {"linkerd", "Linkerd"}};
}

// What comes back for these words, as "a b c", with "(files)" where names of files fit too.
std::string completed(const std::vector<std::string>& words) {
  Options o;
  cli::Command install{.name = "install",
                       .summary = "Install",
                       .arguments = {cli::argument("MESH", o.mesh, "which").completes(meshes),
                                     cli::argument("FILE", o.files, "with")},
                       .flags = {cli::flag("--values", o.values, "values").as('f').takes("FILE"),
                                 cli::flag("--mesh", o.mesh, "another").completes(meshes),
                                 cli::flag("--secret", o.secret, "for tests").hide()}};
  cli::Command hidden{.name = "inner", .summary = "Not shown", .hidden = true};
  const cli::Command root{
      .name = "weft", .summary = "Mesh", .commands = {std::move(install), std::move(hidden)}};
  const std::vector<cli::Flag> globals = {
      cli::flag("--output", o.output, "format").as('o').one_of({"table", "json"}),
      cli::flag("--quiet", o.quiet, "less").as('q')};
  cmd::Context context;
  const cli::Completion completion = cli::complete(root, globals, words, context);
  std::string text;
  for (const cli::Candidate& candidate : completion.candidates)
    text += (text.empty() ? "" : " ") + candidate.value;
  if (completion.files) text += text.empty() ? "(files)" : " (files)";
  return text;
}

}  // namespace

TEST_CASE("commands complete by their beginning, hidden ones do not") {
  CHECK(completed({""}) == "install");
  CHECK(completed({"in"}) == "install");
  CHECK(completed({"x"}).empty());
  CHECK(completed({}) == "install");
}

TEST_CASE("arguments complete by their place, the last one again when it may be repeated") {
  CHECK(completed({"install", ""}) == "istio linkerd");
  CHECK(completed({"install", "l"}) == "linkerd");
  CHECK(completed({"install", "istio", ""}) == "(files)");
  CHECK(completed({"install", "istio", "a.yaml", ""}) == "(files)");
}

TEST_CASE("flags complete where a flag may stand, global ones too") {
  CHECK(completed({"install", "--"}) == "--values --mesh --output --quiet");
  CHECK(completed({"install", "--", "--"}).empty());
}

TEST_CASE("values complete after their flag, as a word of their own or behind the sign") {
  CHECK(completed({"install", "-o", ""}) == "table json");
  CHECK(completed({"install", "--output", "j"}) == "json");
  CHECK(completed({"install", "--output=j"}) == "--output=json");
  CHECK(completed({"install", "--values", ""}) == "(files)");
  CHECK(completed({"install", "--mesh", "i"}) == "istio");
  CHECK(completed({"install", "-qo", "t"}) == "table");
}

TEST_CASE("a switch takes no value, so the next word is an argument") {
  CHECK(completed({"install", "--quiet", ""}) == "istio linkerd");
  CHECK(completed({"install", "-f", "x.yaml", ""}) == "istio linkerd");
}
