#include "lib/mesh/check.h"

#include <algorithm>
#include <cassert>

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::mesh {

const Check* find_check(std::string_view id) {
  const auto all = checks();
  const auto found = std::ranges::find(all, id, &Check::id);
  return found == all.end() ? nullptr : &*found;
}

base::Result<void> known_checks(const std::vector<std::string>& ids) {
  for (const auto& id : ids) {
    if (find_check(id) != nullptr) continue;
    std::vector<std::string> names;
    for (const Check& check : checks()) names.emplace_back(check.id);
    return base::Error{base::ExitCode::usage,
                       fmt::format("no check is called {}{}", id, base::did_you_mean(id, names)),
                       "the reports of weft check name the ids"};
  }
  return {};
}

CheckResult& CheckReport::add(std::string_view id, Verdict verdict, std::string detail,
                              std::string subject, std::string hint) {
  const Check* check = find_check(id);
  assert(check != nullptr);
  const bool asks = verdict == Verdict::warn || verdict == Verdict::fail;
  if (hint.empty() && asks) hint = check->remedy;
  return results.emplace_back(
      CheckResult{check, verdict, std::move(subject), std::move(detail), std::move(hint)});
}

void CheckReport::ignore(const std::vector<std::string>& ids) {
  for (CheckResult& result : results)
    result.ignored =
        result.verdict == Verdict::fail && std::ranges::find(ids, result.check->id) != ids.end();
}

void CheckReport::sort() { std::ranges::stable_sort(results, {}, &CheckResult::check); }

CheckCount CheckReport::count() const {
  CheckCount out;
  for (const CheckResult& result : results) {
    switch (result.verdict) {
      case Verdict::ok:
        ++out.ok;
        break;
      case Verdict::warn:
        ++out.warn;
        break;
      case Verdict::fail:
        ++(result.ignored ? out.ignored : out.fail);
        break;
      case Verdict::skip:
        ++out.skip;
        break;
    }
  }
  return out;
}

std::string_view name_of(Verdict verdict) {
  constexpr std::string_view kNames[] = {"ok", "warn", "fail", "skip"};
  return kNames[static_cast<std::size_t>(verdict)];
}

}  // namespace weft::mesh
