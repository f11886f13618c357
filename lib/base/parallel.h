// Pieces of work on several threads. The caller works too; everything is done when it returns.
//
//   std::vector<Report> reports(rules.size());
//   base::in_parallel(workers, rules.size(), [&](std::size_t i) { run(rules[i], reports[i]); });
#pragma once

#include <cstddef>
#include <functional>

namespace weft::base {

// Calls work(0), ..., work(count - 1), begun in that order, each once, on at most `workers` threads
// (0 counts as 1). Where the system gives no thread, the others do its share. `work` must not
// throw.
void in_parallel(unsigned workers, std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace weft::base
