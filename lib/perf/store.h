// The store of results: one folder per result, named by its id, below the user's data directory.
// A folder appears and disappears as a whole, so that a crash or a second weft never leaves or
// sees half a result.
//
//   Store store(env.data_dir() + "/results");
//   WEFT_CHECK(store.save("20260301-120000-k3f9x2", {{"run.json", text}}));
//   for (const std::string& id : store.ids()) ...        // newest first
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace weft::perf {

// What may name a folder: letters, digits, '-', '_' and '.', not first a dot, at most 80 bytes.
bool valid_id(std::string_view id);

class Store {
 public:
  using Files = std::map<std::string, std::string>;  // name -> content

  explicit Store(std::string directory) : directory_(std::move(directory)) {}

  const std::string& directory() const { return directory_; }
  std::string path(std::string_view id, std::string_view file = {}) const;

  // Newest first: by the time that leads an id, then by when the folder was made. Empty when
  // the store does not exist yet.
  std::vector<std::string> ids() const;
  bool contains(std::string_view id) const;

  // Refuses an id that is taken or not valid.
  base::Result<void> save(std::string_view id, const Files& files) const;
  base::Result<std::string> read(std::string_view id, std::string_view file) const;
  base::Result<void> remove(std::string_view id) const;

 private:
  std::string directory_;
};

}  // namespace weft::perf
