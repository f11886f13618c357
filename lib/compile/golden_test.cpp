// Every capability on every mesh: what is written for the first example that the mesh can express,
// or the refusal, against testdata/compile. WEFT_UPDATE_GOLDEN=1 writes the files anew.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/compile/lift.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"
#include "lib/schema/load.h"
#include "lib/schema/validator.h"
#include "lib/testkit/paths.h"

namespace weft::compile {
namespace {

using capability::Capability;

std::vector<Intent> intents_of(const Capability& capability, const doc::Value& settings) {
  return {{.capability = &capability, .service = "reviews", .ns = "shop", .settings = settings}};
}

struct Rendered {
  doc::Value settings;
  base::Result<Compiled> compiled;
};

// The first example without loss, else the first that gives objects, else the first.
Rendered render(const Capability& capability, const std::string& mesh) {
  const auto attempt = [&](const doc::Value& settings, bool allow_loss) {
    return compile(intents_of(capability, settings), {.mesh = mesh, .allow_loss = allow_loss});
  };
  for (const auto& settings : capability.examples)
    if (auto compiled = attempt(settings, false); compiled.ok()) return {settings, compiled};
  for (const auto& settings : capability.examples)
    if (auto compiled = attempt(settings, true); compiled.ok() && !compiled->objects.empty())
      return {settings, compiled};
  const auto& first = capability.examples.front();
  return {first, attempt(first, false)};
}

std::string objects_text(const std::vector<Object>& objects) {
  std::string text;
  for (const auto& object : objects)
    text += std::string("---\n") + (object.is_partial ? "# added to what is there\n" : "") +
            doc::write_yaml(object.value);
  return text;
}

std::string text_of(const Capability& capability, const Rendered& rendered) {
  std::string text =
      fmt::format("# {}: {}\n", capability.type, doc::write_json(rendered.settings, 0));
  if (!rendered.compiled.ok()) {
    const base::Error& error = rendered.compiled.error();
    return text + fmt::format("# refused: {}\n# {}\n", error.message, error.remedy);
  }
  for (const auto& loss : rendered.compiled->losses)
    text += fmt::format("# lost: {}{}\n", loss.message,
                        loss.nearest.empty() ? "" : "; nearest: " + loss.nearest);
  for (const auto& note : rendered.compiled->notes) text += fmt::format("# note: {}\n", note);
  if (rendered.compiled->objects.empty()) text += "# nothing to write\n";
  return text + objects_text(rendered.compiled->objects);
}

template <typename Check>
void each_cell(Check check) {
  for (const auto& capability : capability::all())
    for (const auto& column : capability::meshes()) {
      INFO(capability.name << " on " << column.mesh);
      check(capability, std::string(column.mesh));
    }
}

// All examples that the mesh can express, with losses where it must be.
template <typename Check>
void each_example(Check check) {
  each_cell([&check](const Capability& capability, const std::string& mesh) {
    for (const auto& settings : capability.examples) {
      const auto compiled =
          compile(intents_of(capability, settings), {.mesh = mesh, .allow_loss = true});
      if (!compiled.ok() || compiled->objects.empty()) continue;
      INFO(doc::write_json(settings, 0));
      check(mesh, *compiled);
    }
  });
}

TEST_CASE("every capability on every mesh is written as the golden files show") {
  const bool update = std::getenv("WEFT_UPDATE_GOLDEN") != nullptr;
  each_cell([update](const Capability& capability, const std::string& mesh) {
    const std::string text = text_of(capability, render(capability, mesh));
    const std::string path =
        testkit::testdata(fmt::format("compile/{}/{}.yaml", capability.name, mesh));
    if (update) {
      std::filesystem::create_directories(std::filesystem::path(path).parent_path());
      std::ofstream(path) << text;
    }
    const auto golden = base::read_file(path);
    REQUIRE(golden.ok());
    CHECK(*golden == text);
  });
}

// The definitions that come with the charts of the mesh.
const schema::SchemaSet* schemas_of(const std::string& mesh) {
  static std::map<std::string, schema::SchemaSet> sets;
  const auto root = testkit::realdata("charts");
  if (!root) return nullptr;
  const auto [set, is_new] = sets.try_emplace(mesh);
  if (is_new) {
    std::vector<std::string> problems;
    // Of the Gateway API itself what is compiled in: charts carry older ones.
    const std::string folder = *root + "/" + mesh;
    if (mesh != "gateway-api" && std::filesystem::exists(folder))
      CHECK(schema::add_path(set->second, folder, problems).ok());
  }
  return &set->second;
}

TEST_CASE("what is written is valid by the definitions of the mesh") {
  std::size_t judged = 0;
  std::set<std::string> unknown;
  schema::Validator validator;
  each_example([&](const std::string& mesh, const Compiled& compiled) {
    const schema::SchemaSet* set = schemas_of(mesh);
    if (set == nullptr) return;
    for (const auto& object : compiled.objects) {
      const auto& api_version = object.value.find("apiVersion")->string();
      const auto& kind = object.value.find("kind")->string();
      const auto* schema = set->find(api_version, kind);
      if (schema == nullptr) {
        if (api_version != "v1" && api_version != "apps/v1")
          unknown.insert(fmt::format("{}: {} {}", mesh, api_version, kind));
        continue;
      }
      std::vector<schema::Issue> issues;
      validator.validate(*schema, object.value, issues);
      ++judged;
      for (const auto& issue : issues)
        FAIL_CHECK(fmt::format("{} {}: {} {}", api_version, kind, issue.path, issue.message));
    }
  });
  if (judged == 0) WARN("skipped: the real charts are not here");
  for (const auto& kind : unknown) WARN("not judged, no definition: " << kind);
  CHECK((judged == 0 || judged > 100));
}

TEST_CASE("written, lifted and written again gives the same objects") {
  each_example([](const std::string& mesh, const Compiled& compiled) {
    std::vector<doc::Value> objects;
    for (const auto& object : compiled.objects) objects.push_back(object.value);
    const auto lifted = lift(objects, {.mesh = mesh});
    REQUIRE(lifted.ok());
    const auto again = compile(lifted->intents, {.mesh = mesh, .allow_loss = true});
    REQUIRE(again.ok());
    std::vector<Object> all = again->objects;
    for (const auto& kept : lifted->kept) {
      const auto same = [&kept](const Object& object) { return object.value == kept; };
      if (std::ranges::none_of(all, same)) all.push_back({kept, false});
    }
    for (const auto& object : objects) {
      INFO(objects_text(all));
      CHECK(std::ranges::any_of(all, [&](const Object& one) { return one.value == object; }));
    }
    CHECK(all.size() == objects.size());
    for (const auto& loss : lifted->losses)
      if (loss.find("is kept as it is") == std::string::npos) FAIL_CHECK(loss);
  });
}

TEST_CASE("a cell that cannot be written says what comes nearest and where that is known from") {
  std::size_t written = 0;
  each_cell([&written](const Capability& capability, const std::string& mesh) {
    written += can_compile(capability, mesh) ? 1 : 0;
    if (can_compile(capability, mesh)) return;
    const auto* cell = capability.on(mesh);
    CHECK_FALSE(cell->nearest.empty());
    const bool is_odd = cell->support != capability::Support::none;
    CHECK((!is_odd || !cell->source.empty()));
    CHECK_FALSE(capability::find_column(mesh)->source.empty());
  });
  CHECK(written >= 198);
}

TEST_CASE("each column and row has cells that can be written") {
  for (const auto& column : capability::meshes()) {
    INFO(column.mesh);
    CHECK(std::ranges::any_of(
        capability::all(), [&](const Capability& one) { return can_compile(one, column.mesh); }));
  }
  // The matrix does not promise what cannot be written, nor the other way round.
  for (const auto& capability : capability::all())
    for (const auto& cell : capability.cells)
      if (cell.support == capability::Support::none) {
        INFO(capability.name << " on " << cell.mesh);
        CHECK_FALSE(can_compile(capability, cell.mesh));
      }
}

}  // namespace
}  // namespace weft::compile
