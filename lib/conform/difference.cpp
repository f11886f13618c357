#include "lib/conform/difference.h"

#include <map>

#include "lib/base/format.h"

namespace weft::conform {
namespace {

// How much a verdict is worth; a skip tells as little as an error.
int worth(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return 3;
    case Verdict::inconclusive:
      return 2;
    case Verdict::error:
    case Verdict::skip:
      return 1;
    case Verdict::fail:
      return 0;
  }
  return 0;
}

std::string text_of(const Suite& suite) {
  std::string text(name_of(suite.capability));
  if (suite.core.total() > 0) text += fmt::format(" {}/{}", suite.core.passed, suite.core.total());
  if (suite.extended)
    text += fmt::format(", extended {}/{}", suite.extended->passed, suite.extended->total());
  return text;
}

template <typename T>
using Index = std::map<std::string_view, const T*>;

template <typename T>
Index<T> index_of(const std::vector<T>& items, std::string T::*key) {
  Index<T> index;
  for (const T& item : items) index.emplace(item.*key, &item);
  return index;
}

template <typename T>
const T* find(const Index<T>& index, std::string_view key) {
  const auto at = index.find(key);
  return at == index.end() ? nullptr : at->second;
}

// Imported reports name only what did not pass: absence is no difference to tell.
bool names_all_tests(const Run& run) { return run.tool.name == "weft"; }

void compare_tests(const Suite& before, const Suite& after, bool complete,
                   std::vector<Change>& out) {
  const auto later = index_of(after.tests, &Test::id);
  const auto earlier = index_of(before.tests, &Test::id);
  for (const Test& test : before.tests) {
    const Test* now = find(later, test.id);
    Change change{.subject = before.name + '/' + test.id,
                  .before = std::string(name_of(test.verdict))};
    if (now == nullptr && !complete) continue;
    if (now == nullptr) {
      change.worse = test.verdict == Verdict::pass;
    } else {
      if (now->verdict == test.verdict) continue;
      change.after = name_of(now->verdict);
      change.reason = now->reason;
      change.worse = worth(now->verdict) < worth(test.verdict);
    }
    out.push_back(std::move(change));
  }
  for (const Test& test : after.tests)
    if (find(earlier, test.id) == nullptr)
      out.push_back({after.name + '/' + test.id, "", std::string(name_of(test.verdict)),
                     test.reason, !complete && test.verdict == Verdict::fail});
}

void compare_suite(const Suite& before, const Suite& after, bool complete,
                   std::vector<Change>& out) {
  const std::string was = text_of(before);
  const std::string is = text_of(after);
  const auto passed = [](const Suite& suite) {
    return suite.core.passed + (suite.extended ? suite.extended->passed : 0);
  };
  if (was != is || before.standard_version != after.standard_version) {
    const bool moved = before.standard_version != after.standard_version;
    out.push_back({before.name, moved ? before.standard_version + " " + was : was,
                   moved ? after.standard_version + " " + is : is, after.reason,
                   after.capability < before.capability ||
                       (after.capability == before.capability && passed(after) < passed(before))});
  }
  compare_tests(before, after, complete, out);
}

}  // namespace

std::vector<Change> differences(const Run& before, const Run& after) {
  std::vector<Change> out;
  const bool complete = names_all_tests(before) && names_all_tests(after);
  const auto later = index_of(after.suites, &Suite::name);
  const auto earlier = index_of(before.suites, &Suite::name);
  for (const Suite& suite : before.suites) {
    const Suite* now = find(later, suite.name);
    if (now != nullptr)
      compare_suite(suite, *now, complete, out);
    else
      out.push_back({suite.name, text_of(suite), "", "", suite.capability != Capability::untested});
  }
  for (const Suite& suite : after.suites)
    if (find(earlier, suite.name) == nullptr)
      out.push_back({suite.name, "", text_of(suite), suite.reason, false});
  return out;
}

}  // namespace weft::conform
