// The schemas at hand, by group, version and kind: from custom resource definitions in the input,
// from folders, from the cluster, and under all of them the ones compiled in. A schema is compiled
// when it is first asked for.
//
//   schema::SchemaSet set;
//   set.add_definition(crd, "crds/istio.yaml");
//   if (const schema::Schema* found = set.find("networking.istio.io/v1", "VirtualService")) ...
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/schema/schema.h"

namespace weft::schema {

struct KindName {
  std::string group;  // "" for the core group
  std::string version;
  std::string kind;
  auto operator<=>(const KindName&) const = default;
};
KindName kind_name(std::string_view api_version, std::string_view kind);

class SchemaSet {
 public:
  SchemaSet();
  ~SchemaSet();
  SchemaSet(SchemaSet&&) noexcept;
  SchemaSet& operator=(SchemaSet&&) noexcept;

  // The served versions of a CustomResourceDefinition, v1 or v1beta1. What was added before under
  // the same name is replaced. `origin` says where it came from: "crds/istio.yaml".
  base::Result<void> add_definition(const doc::Value& definition, std::string origin);
  // One schema as it is. A kind all in lower case, as in virtualservice_v1.json, stands for any
  // case.
  void add(KindName name, const doc::Value& schema, Dialect dialect, std::string origin);

  // Nullptr when there is none, or when it does not compile: see problems(). What was added hides
  // every version of that kind that is compiled in. Safe to call from several threads, as long as
  // nothing is added.
  const Schema* find(std::string_view api_version, std::string_view kind) const;
  // Where the schema comes from; "built in", or empty when there is none.
  std::string_view origin(std::string_view api_version, std::string_view kind) const;

  struct Listed {
    KindName name;
    std::string_view origin;
  };
  std::vector<Listed> list() const;  // by name, without those compiled in
  // Of a kind that was added; empty when it was not.
  std::vector<std::string> versions(std::string_view group, std::string_view kind) const;
  // What is wrong with the schemas that have been asked for.
  std::vector<std::string> problems() const;

 private:
  struct Entry;
  const Entry* entry(std::string_view api_version, std::string_view kind) const;

  // Kinds in lower case: files of schemas are often named so.
  std::map<KindName, std::shared_ptr<Entry>> entries_;
};

}  // namespace weft::schema
