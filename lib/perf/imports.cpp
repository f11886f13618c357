#include "lib/perf/imports.h"

#include "lib/base/file.h"
#include "lib/base/id.h"
#include "lib/perf/results.h"

namespace weft::perf {

base::Result<std::vector<smp::Run>> import_file(const std::string& path,
                                                const smp::ImportOptions& options) {
  WEFT_TRY(text, base::read_file(path));
  return smp::import_text(doc::Source(path == "-" ? "standard input" : path, std::move(text)),
                          options);
}

base::Result<void> save_imported(const Store& store, std::vector<smp::Run>& runs,
                                 base::WallTime now) {
  for (std::size_t i = 0; i < runs.size(); ++i) {
    smp::Run& run = runs[i];
    const bool ours = run.origin.format == "weft" && valid_id(run.id);
    if (!ours) run.id = base::new_id(now);
    if (auto saved = save_run(store, run); !saved.ok()) {
      for (std::size_t undo = 0; undo < i; ++undo) (void)store.remove(runs[undo].id).ok();
      return saved;
    }
  }
  return {};
}

}  // namespace weft::perf
