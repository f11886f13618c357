// What the parts of the reader share: enums by their words, references between the parts of a
// file, and the readers of each half.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/decode.h"
#include "lib/mesh/mesh.h"
#include "lib/mesh/names.h"

namespace weft::mesh {

// The names that parts of one file may refer to.
struct KnownNames {
  std::vector<std::string> modes;
  std::vector<std::string> features;
  std::vector<std::string> steps;
  std::vector<std::string> repos;

  std::vector<std::string> modes_and_features() const;
};

template <typename E>
void get_enum(doc::Fields& in, std::string_view key, E& out) {
  std::string word;
  in.get(key, word);
  if (word.empty()) return;
  std::vector<std::string> words;
  for (const auto& row : kNames<E>) {
    if (row.name == word) {
      out = row.value;
      return;
    }
    words.emplace_back(row.name);
  }
  in.fail(key, fmt::format("is {}{}", word, base::did_you_mean(word, words)),
          fmt::format("one of: {}", base::join(words, ", ")));
}

// Fails when a name is not among `known`.
void check_known(doc::Fields& in, std::string_view key, const std::vector<std::string>& names,
                 const std::vector<std::string>& known);
// A map of maps: helm values by the name of a step.
void get_values(doc::Fields& in, std::string_view key, const KnownNames& known,
                std::map<std::string, doc::Value>& out);

void read_identity(doc::Fields& in, Mesh& mesh);
void read_installation(doc::Fields& in, const KnownNames& known, Mesh& mesh);
void read_operation(doc::Fields& in, const KnownNames& known, Mesh& mesh);

}  // namespace weft::mesh
