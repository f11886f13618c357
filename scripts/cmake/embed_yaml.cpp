// Part of the build, see WeftEmbed.cmake: YAML files into one C++ source that holds them as JSON.
//
//   embed_yaml OUT.cpp mesh::builtin_meshes lib/mesh/builtin.h id,name,status FILE.yaml ...
#include <cstdio>
#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace {

using namespace weft;

std::string literal(const std::string& json) {
  return fmt::format("R\"weft-json({})weft-json\"", json);
}

doc::Value only(const doc::Value& value, const std::vector<std::string_view>& keys) {
  doc::Value some = doc::Value::map();
  for (const auto key : keys)
    if (const doc::Value* member = value.find(key)) some.set(std::string(key), *member);
  return some;
}

base::Result<void> embed(const std::vector<std::string>& args) {
  if (args.size() < 4) return base::Error{base::ExitCode::usage, "too few arguments"};
  const std::string& function = args[1];
  const auto colons = function.find("::");
  if (colons == std::string::npos) return base::Error{base::ExitCode::usage, "no namespace"};
  const auto keys = base::split(args[3], ',');
  std::string rows;
  doc::Value index = doc::Value::list();
  for (std::size_t i = 4; i < args.size(); ++i) {
    WEFT_TRY(text, base::read_file(args[i]));
    WEFT_TRY(document, doc::read(doc::Source(args[i], text)));
    rows += fmt::format("      {{\"{}\", {}}},\n", std::filesystem::path(args[i]).stem().string(),
                        literal(doc::write_json(document.root, 0)));
    index.push(only(document.root, keys));
  }
  return base::write_file(
      args[0], fmt::format(R"(// Made by scripts/cmake/embed_yaml.cpp.
#include "{0}"

namespace weft::{1} {{

std::span<const base::EmbeddedFile> {2}() {{
  static constexpr base::EmbeddedFile kFiles[] = {{
{3}  }};
  return kFiles;
}}

std::string_view {2}_index() {{
  return {4};
}}

}}  // namespace weft::{1}
)",
                           args[2], function.substr(0, colons), function.substr(colons + 2), rows,
                           literal(doc::write_json(index, 0))));
}

}  // namespace

int main(int argc, char** argv) {
  const auto done = embed({argv + 1, argv + argc});
  if (done.ok()) return 0;
  const auto& error = done.error();
  std::fprintf(stderr, "%s: error: %s\n", error.where.text().c_str(), error.message.c_str());
  return 1;
}
