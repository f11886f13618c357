// Every rule over objects of any shape: no crash, and each finding has a place and a fingerprint.
#include <cstdlib>

#include "lib/rules/fix.h"
#include "lib/rules/validate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft;
  const doc::Limits limits{.depth = 50, .nodes = 20'000, .alias_bytes = 1 << 20};
  std::vector<doc::Manifests> files;
  files.push_back(doc::read_manifests(
      doc::Source("fuzz", std::string(reinterpret_cast<const char*>(data), size)), limits));
  const rules::Inventory in(std::move(files), {.complete = size % 2 == 0});
  const rules::Outcome outcome = rules::validate(in, {.today = "2026-03-01"});
  for (const rules::Finding& finding : outcome.findings)
    if (finding.message.empty() || rules::fingerprint(finding).size() != 16) std::abort();
  const doc::Source& source = *in.files().front().source;
  rules::edited(source, rules::fixes_for(source, outcome.findings));
  return 0;
}
