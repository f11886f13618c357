// What the tables leave open, and filling it in: "$service.$namespace.svc.cluster.local". Filling
// works in both directions, so an object tells which service it is about.
#pragma once

#include <optional>
#include <string>

#include "lib/compile/path.h"
#include "lib/doc/value.h"

namespace weft::compile {

struct Names {
  std::string service;    // $service
  std::string ns;         // $namespace
  std::string root;       // $root: the namespace of the control plane
  std::string client;     // $client: who calls, where an object belongs to the caller
  std::string client_ns;  // $clientspace
  doc::Value labels;      // $labels, of the pods; null: {app: $service}
  std::int64_t port = 0;  // $port; 0: not known
};

std::string fill(std::string_view text, const Names& names);
// Every text of the value. A text that is only "$labels" or "$port" becomes a map or a number.
doc::Value fill_value(const doc::Value& value, const Names& names);
// The texts that [k=v] looks for.
Path fill_path(Path path, const Names& names);

// The reverse: what of `names` is empty is found out from `actual`. False when the text is not of
// that form, or contradicts what is known.
bool recognise(std::string_view text, std::string_view actual, Names& names);
// Every text of `value` that stands at the same place in `actual`; what does not fit is passed by.
void recognise_value(const doc::Value& value, const doc::Value& actual, Names& names);

}  // namespace weft::compile
