// YAML and JSON text into documents. Hostile input is expected: duplicate keys, cycles, alias
// bombs, deep nesting, huge files, bad UTF-8 each give an input error with its position.
//
//   WEFT_TRY(document, doc::read_json(doc::Source{"result.json", text}));
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/doc/value.h"

namespace weft::doc {

struct Limits {
  std::uint32_t depth = 200;
  std::uint64_t nodes = 1'000'000;        // after aliases are expanded
  std::uint64_t alias_bytes = 64u << 20;  // text copied by the aliases of one document
};

// YAML 1.2 core schema: yes/no/on/off are strings, 0o17 is octal, merge keys (<<) are resolved,
// duplicate keys are errors. Every document of the stream; empty ones are left out.
base::Result<std::vector<Document>> read_yaml(Source source, const Limits& limits = {});

// A key that stands twice in one map, where the last one counts.
struct Repeated {
  std::string key;
  Position at;     // of the one that counts, or of one in between
  Position first;  // of the one before it
};

struct Manifest {
  Document document;
  std::vector<Repeated> repeated;
};

struct Manifests {
  std::shared_ptr<const Source> source;
  std::vector<Manifest> documents;
  std::vector<base::Error> broken;  // one for each document that could not be read
};

// A file of Kubernetes objects, read as kubectl does: JSON, or YAML cut at lines that begin with
// "---"; of a repeated key the last counts. Types are those of read_yaml. What is wrong with one
// document does not keep the others from being read. Fast: for bulk input, on as many threads as
// `workers`.
Manifests read_manifests(Source source, const Limits& limits = {}, unsigned workers = 1);

// RFC 8259, one value. Duplicate keys, trailing text, NaN and infinity are errors.
base::Result<Document> read_json(Source source, const Limits& limits = {});

// One document, JSON when the first character that is not a space is { or [, else YAML.
// More than one document in the stream is an error.
base::Result<Document> read(Source source, const Limits& limits = {});

}  // namespace weft::doc
