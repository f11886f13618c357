// What people have decided to live with: findings hidden by a comment, an annotation or a setting.
//
//   # weft:ignore WI010 until=2026-12-31 reason=the gateway comes with the platform
//   metadata: {annotations: {weft.layer5.io/ignore: "WI010,WX009"}}
//   weft validate --ignore 'WI010 shop/* reason=...'
//
// A comment counts for its own line and the one below, and at the head of a document for all of it.
// Codes of istioctl and Kiali are understood wherever a rule id is. Foreign annotations too:
// galley.istio.io/analyze-suppress and kiali.io/ignore-validations.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/doc/read.h"
#include "lib/rules/report.h"

namespace weft::rules {

struct Suppression {
  std::vector<std::string> rules;  // ids, slugs, foreign codes, or "*"
  std::string resources = "*";     // glob over "ns/name"
  std::string reason;
  std::string until;  // "2026-12-31", the last day; empty for ever

  // Where a comment applies; no source for a setting.
  const doc::Source* source = nullptr;
  std::uint32_t first_line = 0;
  std::uint32_t last_line = 0;
  std::uint32_t line = 0;  // of the comment itself
};

// "RULE[,RULE...] [NS/NAME] [until=YYYY-MM-DD] [reason=...]".
base::Result<Suppression> parse_suppression(std::string_view text);

// Suppressions in the comments of a file. One that cannot be understood names no rule.
std::vector<Suppression> suppressions_in(const doc::Source& source);

bool names_rule(std::string_view name, const Rule& rule);
bool is_hidden_by_annotation(const Finding& finding);
bool hides(const Suppression& suppression, const Finding& finding);
// `today` as "2026-12-31".
bool is_expired(const Suppression& suppression, std::string_view today);

// '*' stands for any text.
bool glob_match(std::string_view pattern, std::string_view text);

// The comments of all files, found by the line of a finding.
class Comments {
 public:
  explicit Comments(std::span<const doc::Manifests> files);

  // True when one that has not ended hides the finding; it counts as used from then on.
  bool hide(const Finding& finding, std::string_view today);
  const std::vector<Suppression>& all() const { return all_; }
  bool is_used(std::size_t index) const { return used_[index]; }

 private:
  struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  std::vector<Suppression> all_;  // of one file behind each other, by line
  std::vector<bool> used_;
  std::vector<std::uint32_t> farthest_;  // last line that this one and those before it reach
  std::unordered_map<const doc::Source*, Range> by_file_;
};

}  // namespace weft::rules
