#include "lib/mesh/read_mesh.h"

#include <algorithm>

#include "lib/mesh/read_parts.h"

namespace weft::mesh {
namespace {

// The names in a list of maps; what is malformed is reported when the list itself is read.
std::vector<std::string> names_in(const doc::Value& root, std::string_view key) {
  std::vector<std::string> names;
  const doc::Value* list = root.find(key);
  if (list == nullptr || !list->is_list()) return names;
  for (const auto& item : list->items()) {
    const doc::Value* name = item.find("name");
    if (name == nullptr) name = item.find("release");
    if (name != nullptr && name->is_string()) names.push_back(name->string());
  }
  return names;
}

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= 40 && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

void read_status(doc::Fields& in, Status& status) {
  get_enum(in, "state", status.state);
  in.get("since", status.since).get("note", status.note);
  in.get("replacedBy", status.replaced_by).get("successor", status.successor);
}

void read_version(doc::Fields& in, Version& version) {
  std::string k8s;
  in.need("version", version.version);
  version.chart = version.version;
  in.get("chart", version.chart).get("app", version.app).get("k8s", k8s);
  in.get("released", version.released).get("eol", version.eol).get("proxy", version.proxy);
  in.get("lts", version.lts).get("note", version.note);
  if (const auto range = parse_kube_range(k8s))
    version.k8s = *range;
  else
    in.fail("k8s", fmt::format("is {}", k8s), R"(write "1.30-1.34", ">=1.30" or "<=1.21")");
  if (in.ok() && !parse_minor(version.version))
    in.fail("version", fmt::format("is {}", version.version), R"(write "1.30.3" or "1.30.x")");
}

}  // namespace

std::vector<std::string> KnownNames::modes_and_features() const {
  std::vector<std::string> all = modes;
  all.insert(all.end(), features.begin(), features.end());
  return all;
}

void check_known(doc::Fields& in, std::string_view key, const std::vector<std::string>& names,
                 const std::vector<std::string>& known) {
  for (const auto& name : names)
    if (std::ranges::find(known, name) == known.end())
      in.fail(key,
              fmt::format("names {}, which the file does not define{}", name,
                          base::did_you_mean(name, known)),
              known.empty() ? "" : fmt::format("defined: {}", base::join(known, ", ")));
}

void get_values(doc::Fields& in, std::string_view key, const KnownNames& known,
                std::map<std::string, doc::Value>& out) {
  const doc::Value* by_step = in.find(key);
  if (by_step == nullptr) return;
  if (!by_step->is_map()) return in.fail(key, "must be a map: helm values by step");
  for (const auto& member : by_step->members()) {
    check_known(in, key, {member.key}, known.steps);
    if (!member.value.is_map()) in.fail(key, fmt::format("must hold a map under {}", member.key));
    out[member.key] = member.value;
  }
}

void read_identity(doc::Fields& in, Mesh& mesh) {
  std::string schema = "weft.mesh/v1";
  in.get("schema", schema);
  if (schema != "weft.mesh/v1")
    in.fail("schema", fmt::format("is {}", schema), "weft reads weft.mesh/v1");
  in.need("id", mesh.id).need("name", mesh.name).get("summary", mesh.summary);
  in.get("aliases", mesh.aliases).part("status", mesh.status, read_status);
  get_enum(in, "kind", mesh.kind);
  get_enum(in, "driver", mesh.driver);
  in.each("versions", mesh.versions, read_version);
  if (in.ok() && !is_id(mesh.id))
    in.fail("id", fmt::format("is {}", mesh.id), "lower-case letters, digits and dashes");
}

base::Result<Mesh> read_head(const doc::Document& document, const doc::Value& map) {
  doc::Fields in(document, map, {}, doc::Unknown::ignored);
  Mesh mesh;
  read_identity(in, mesh);
  WEFT_CHECK(in.done());
  return mesh;
}

base::Result<Mesh> read_mesh(const doc::Document& document) {
  doc::Fields in(document);
  const KnownNames known{names_in(document.root, "modes"), names_in(document.root, "features"),
                         names_in(document.root, "steps"), names_in(document.root, "repos")};
  Mesh mesh;
  read_identity(in, mesh);
  read_installation(in, known, mesh);
  read_operation(in, known, mesh);
  WEFT_CHECK(in.done());
  return mesh;
}

}  // namespace weft::mesh
