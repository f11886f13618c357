// A Service Mesh Pattern: the services of one intent, whatever dialect its file is written in.
//
//   name: demo
//   services:
//     istio:   {type: IstioMesh, version: 1.30, traits: {mTLS: {policy: strict, namespaces:
//     [shop]}}} grafana: {type: Grafana, dependsOn: [istio]}
//
// read.h makes it from a file, resolve.h says which objects and meshes it stands for, graph.h in
// which order.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/doc/value.h"

namespace weft::pattern {

// v0: a map of services, of 2021 to 2024. v1beta1: a Meshery design. manifests: plain objects.
enum class Dialect { v0, v1beta1, manifests };
std::string_view name_of(Dialect dialect);  // "v0", "v1beta1", "k8s"

// A name as somebody wrote it.
struct Name {
  std::string text;
  doc::Position at;
};

struct Service {
  std::string key;  // unique in its pattern
  std::string id;
  std::string name;  // of the object; the key where the file says nothing
  Name type;
  std::string api_version;  // empty: the one that fits the type
  std::string model;        // "kubernetes", "istio-base": where the kind comes from; or empty
  std::string version;      // of a mesh or add-on
  std::string ns;           // empty: not said
  doc::Value settings;      // a map
  bool is_whole = false;    // settings hold spec, data, rules ... and not what belongs below spec
  doc::Value traits;        // a map of maps
  std::vector<Name> depends_on;
  doc::Value labels;  // a map or null, likewise
  doc::Value annotations;
  doc::Position at;
  std::shared_ptr<const doc::Source> source;

  base::Where where() const { return source->where(at); }
  base::Error error(doc::Position position, std::string message, std::string remedy = {}) const;
};

// A shape on the whiteboard: it has a name that others may depend on, and is nothing else.
struct Drawing {
  std::string key;
  std::string name;
  std::string id;
};

struct Pattern {
  std::string name;
  std::string version;
  Dialect dialect = Dialect::v0;
  doc::Value vars;  // a map or null
  std::vector<Service> services;
  std::vector<Drawing> drawings;
};

// Something that is wrong, or was read otherwise than it is written.
enum class Level { error, warning, info };
struct Note {
  Level level = Level::warning;
  std::string message;
  base::Where where;
};
std::string_view name_of(Level level);
using Notes = std::vector<Note>;

}  // namespace weft::pattern
