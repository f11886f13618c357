#include "lib/doc/read.h"
#include "lib/schema/compiler.h"

namespace weft::schema {

const doc::Value& resource_fields() {
  static const doc::Document document = [] {
    auto read = doc::read_json(doc::Source("the fields of every object", R"({"properties": {
      "apiVersion": {"type": "string", "minLength": 1},
      "kind": {"type": "string", "minLength": 1},
      "metadata": {"type": "object", "additionalProperties": false, "properties": {
        "name": {"type": "string", "maxLength": 253},
        "generateName": {"type": "string"},
        "namespace": {"type": "string", "maxLength": 63},
        "labels": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 63}},
        "annotations": {"type": "object", "additionalProperties": {"type": "string"}},
        "finalizers": {"type": "array", "items": {"type": "string"}},
        "ownerReferences": {"type": "array", "items": {"type": "object",
          "required": ["apiVersion", "kind", "name", "uid"], "properties": {
            "apiVersion": {"type": "string"}, "kind": {"type": "string"},
            "name": {"type": "string"}, "uid": {"type": "string"},
            "controller": {"type": "boolean"}, "blockOwnerDeletion": {"type": "boolean"}}}},
        "managedFields": {"type": "array", "items": {"type": "object",
          "x-kubernetes-preserve-unknown-fields": true}},
        "creationTimestamp": {"type": "string", "nullable": true},
        "deletionTimestamp": {"type": "string", "nullable": true},
        "deletionGracePeriodSeconds": {"type": "integer", "nullable": true},
        "generation": {"type": "integer"},
        "resourceVersion": {"type": "string"},
        "selfLink": {"type": "string"},
        "clusterName": {"type": "string"},
        "uid": {"type": "string"}}}}})"));
    return std::move(*read);
  }();
  return document.root;
}

}  // namespace weft::schema
