// The catalogue: every mesh that weft knows, one YAML file each. The files under lib/mesh/catalog
// are compiled in; files of the user's own add meshes or replace one of the same id. What is
// compiled in is read when somebody asks for it, so starting costs nothing.
//
//   WEFT_TRY(catalog, mesh::Catalog::open(env.config_dir() + "/meshes"));
//   WEFT_TRY(mesh, catalog.find("istio"));          // by id or alias, did-you-mean
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/mesh/mesh.h"

namespace weft::mesh {

class Catalog {
 public:
  // What is compiled in.
  static Catalog builtin();
  // That, and every *.yaml and *.yml of `folder`, which need not exist. A broken file, or a folder
  // that may not be read, is an input error.
  static base::Result<Catalog> open(const std::string& folder);

  // By id or alias, in any case. Unknown: a usage error with did-you-mean. The pointer lives as
  // long as the catalogue.
  base::Result<const Mesh*> find(std::string_view id_or_alias) const;
  // The file of a mesh as it was read, "schema": "weft.mesh/v1" first.
  base::Result<doc::Value> document(std::string_view id_or_alias) const;
  // Every mesh, read in full, in the order of the ids.
  base::Result<std::vector<const Mesh*>> all() const;
  // Every mesh with id, name, summary, aliases, status, driver and versions alone: fast.
  base::Result<std::vector<Mesh>> heads() const;

  std::vector<std::string> ids() const;
  bool has(std::string_view id) const { return entries_.contains(id); }

 private:
  struct Entry {
    std::string source;          // for messages
    std::string_view embedded;   // what is compiled in, or
    std::string text;            // of the user's file
    std::unique_ptr<Mesh> mesh;  // read so far
  };

  base::Result<const Mesh*> read(Entry& entry) const;
  // An alias that is a name of another mesh would never find this one.
  base::Result<void> refuse_clashes(const Entry& entry) const;

  // The library is single-threaded: reading on demand changes no answer.
  mutable std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace weft::mesh
