// References inside patterns: $(#ref.PATH), where PATH leads through the file's own document.
//
//   $(#ref.vars.ns)                      a variable
//   $(#ref.services.[ns.sample].name)    brackets around a key with dots; numbers are list indices
//   $(#ref.env.NAME)                     the environment     } sealed: they stay in settings as
//   $(#ref.secret.NS/NAME/KEY)           a Secret's value    } they are until objects go to the
//   $(#ref.file.PATH)                    a file's text       } cluster
//
// A text that is one reference becomes the value it leads to, of whatever type; inside a longer
// text scalars are filled in. $$( stands for $( and is no reference.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/doc/value.h"

namespace weft::pattern {

struct Placeholder {
  enum class Kind { reference, sealed, use, escape };
  Kind kind = Kind::reference;
  std::size_t begin = 0;  // of "$(" in the text
  std::size_t end = 0;    // behind ")"
  std::string path;       // "vars.ns", "env.NAME", the name behind #use
};

// What stands in a text from `from` on; absent when nothing does. $(#... without its end, or with
// another word, is an error without place.
base::Result<std::optional<Placeholder>> find_placeholder(std::string_view text, std::size_t from);
bool may_refer(std::string_view text);
// The whole text is one reference of that kind.
std::optional<std::string> only_placeholder(std::string_view text, Placeholder::Kind kind);

// Fills the references of a v0 or v1beta1 document; what is drawing only stays as it is. `open`
// is asked for sealed references in names (type, namespace, dependsOn ...), where they may not
// wait; absent: not set.
using Unseal = std::function<std::optional<std::string>(const std::string& path)>;
base::Result<void> fill_references(doc::Document& document, const Unseal& open);

// The parts of "services.[ns.sample].name".
std::vector<std::string> path_parts(std::string_view path);

// Sealed references of a value, filled in place by `unseal`; every text that came from one is
// appended to `secrets`.
using Resolve = std::function<base::Result<std::string>(const std::string& path)>;
base::Result<void> unseal(doc::Value& value, const Resolve& resolve,
                          std::vector<std::string>& secrets);

}  // namespace weft::pattern
