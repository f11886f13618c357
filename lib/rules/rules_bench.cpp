// Where the time of `weft validate` goes, in CPU time: reading, the inventory, schemas, each rule.
//
//   rules_rules_bench FILE...      (scripts/bench/validate.py --out FOLDER writes large ones)
#include <algorithm>
#include <cstdio>
#include <ctime>

#include "lib/base/file.h"
#include "lib/rules/validate.h"

namespace {

using namespace weft;

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

template <typename Work>
double seconds(Work work) {
  const double begin = cpu_seconds();
  work();
  return cpu_seconds() - begin;
}

struct Line {
  double seconds;
  std::string_view rule;
  std::size_t findings;
};

Line run(const rules::Rule& rule, const rules::Inventory& in) {
  rules::Report report;
  report.begin(rule);
  const double spent = seconds([&] { rule.check(in, report); });
  return {spent, rule.id, report.take().size()};
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<doc::Manifests> files;
  std::size_t bytes = 0;
  const double reading = seconds([&] {
    for (int i = 1; i < argc; ++i) {
      std::string text = base::read_file(argv[i]).value_or("");
      bytes += text.size();
      files.push_back(doc::read_manifests(doc::Source(argv[i], std::move(text))));
    }
  });
  std::optional<rules::Inventory> in;
  const double indexing = seconds([&] { in.emplace(std::move(files), rules::Settings{}); });
  const double judging = seconds([&] { static_cast<void>(in->schema_issues()); });
  std::vector<Line> lines;
  for (const rules::Rule& rule : rules::all_rules())
    if (rule.check != nullptr) lines.push_back(run(rule, *in));
  std::sort(lines.begin(), lines.end(),
            [](const Line& a, const Line& b) { return a.seconds > b.seconds; });
  double rules_total = 0;
  for (const Line& line : lines) rules_total += line.seconds;
  const double whole = seconds([&] { static_cast<void>(rules::validate(*in, {})); });
  std::printf("%.1f MB, %zu objects: read %.2f s, index %.2f s, schemas %.2f s, rules %.2f s\n",
              static_cast<double>(bytes) / 1e6, in->all().size(), reading, indexing, judging,
              rules_total);
  std::printf("rules with suppressions and order %.2f s, all in all %.2f s; the slowest:\n", whole,
              reading + indexing + judging + whole);
  for (std::size_t i = 0; i < std::min<std::size_t>(lines.size(), 25); ++i)
    std::printf("  %-6s %7.1f ms  %zu findings\n", std::string(lines[i].rule).c_str(),
                lines[i].seconds * 1e3, lines[i].findings);
  return 0;
}
