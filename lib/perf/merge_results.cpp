#include "lib/perf/merge_results.h"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "lib/base/parallel.h"
#include "lib/perf/merge.h"
#include "lib/perf/results.h"

namespace weft::perf {
namespace {

using base::Result;

// Files by their paths, so that not every one of them is looked up among the names in the store.
std::vector<std::string> as_paths(const Store& store, std::span<const std::string> selectors,
                                  const std::string& directory) {
  std::optional<std::set<std::string>> names;
  std::vector<std::string> out(selectors.begin(), selectors.end());
  for (std::string& one : out) {
    const bool file_name = one.find('.') != std::string::npos;  // no id has a dot
    if (!file_name || one.find('/') != std::string::npos) continue;
    if (!names) {
      names.emplace();
      for (const std::string& id : store.ids())
        if (const auto run = load_run(store, id); run.ok()) names->insert(run->name);
    }
    const std::string path = (directory.empty() ? "." : directory) + '/' + one;
    std::error_code error;
    if (!names->contains(one) && std::filesystem::exists(path, error)) one = path;
  }
  return out;
}

// Adds what several threads read in the order of the selectors.
class Queue {
 public:
  void add(std::size_t index, Result<smp::Run> run) {
    std::unique_lock lock(mutex_);
    turn_.wait(lock, [&] { return next_ == index; });
    ++next_;
    if (done_.ok()) done_ = run.ok() ? merger_.add(*std::move(run)) : Result<void>(run.error());
    failed_ = !done_.ok();
    turn_.notify_all();
  }
  bool failed() {
    const std::lock_guard lock(mutex_);
    return failed_;
  }
  Result<smp::Run> finish() {
    WEFT_CHECK(done_);
    return merger_.finish();
  }

 private:
  std::mutex mutex_;
  std::condition_variable turn_;
  std::size_t next_ = 0;
  bool failed_ = false;
  Result<void> done_;
  Merger merger_;
};

}  // namespace

Result<smp::Run> merge_results(const Store& store, std::span<const std::string> selectors,
                               const std::string& directory, unsigned threads) {
  const std::vector<std::string> paths = as_paths(store, selectors, directory);
  Queue queue;
  base::in_parallel(threads, paths.size(), [&](std::size_t i) {
    queue.add(
        i, queue.failed() ? Result<smp::Run>(smp::Run{}) : load_result(store, paths[i], directory));
  });
  return queue.finish();
}

}  // namespace weft::perf
