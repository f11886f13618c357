// Objects while they grow: fragments of several intents meet in one object per kind and name.
//
//   Draft draft(table, names_of_target);
//   WEFT_TRY(object, draft.object(kind, names));
//   WEFT_CHECK(Draft::put(*object, path, 0, 3, {0, "Retry of reviews"}));
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/compile/compile.h"
#include "lib/compile/names.h"
#include "lib/compile/tables.h"

namespace weft::compile {

class Draft {
 public:
  // An intent, told apart from others that are called the same.
  struct Writer {
    std::size_t id = 0;
    std::string label;  // "Retry of reviews"
  };
  struct Part {
    const KindTable* kind;
    doc::Value value;
    // Who wrote what stands at a place.
    std::map<std::string, Writer> writers;
    std::vector<Path> absent;  // members that must not be there
  };

  Draft(const MeshTable& mesh, std::string version, const Target& target)
      : mesh_(mesh), version_(std::move(version)), target_(target) {}

  // The object of that kind about the service; begun when it is not there. An error when the
  // target serves no version of the kind.
  base::Result<Part*> object(const std::string& handle, const Names& names);
  // Writes at every place that the path means, member by member where the value is a map; null
  // means that nothing may be there. An error when `writer` and somebody else want different
  // values.
  static base::Result<void> put(Part& part, const Path& path, std::size_t index,
                                const doc::Value& value, const Writer& writer);
  // An error when two of them do not work beside each other.
  base::Result<void> check() const;
  // In the order of the tables.
  std::vector<Object> finish();

 private:
  base::Result<std::string> api_version(const KindTable& kind) const;

  const MeshTable& mesh_;
  std::string version_;
  const Target& target_;
  std::vector<std::unique_ptr<Part>> parts_;
  std::map<std::string, Part*> index_;  // by group, kind, namespace and name
};

}  // namespace weft::compile
