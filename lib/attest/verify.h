// Is a signed statement by keys that we trust, unchanged, about these files, and fresh? The bytes
// whose signature was verified are the bytes that are then read. Every refusal has exit code
// `invalid` and names what differs.
//
//   attest::Policy policy{.keys = {{"lab.pub", key}}, .artifacts = {subject_of("report.yaml",
//   text)}}; WEFT_TRY(verified, attest::verify(envelope, policy, "result.intoto.json"));
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/attest/envelope.h"
#include "lib/attest/statement.h"
#include "lib/base/clock.h"
#include "lib/base/number.h"

namespace weft::attest {

struct TrustedKey {
  std::string name{};  // for messages: the file it came from
  pki::PublicKey key{};
};

struct Policy {
  std::vector<TrustedKey> keys{};
  std::size_t threshold = 1;                   // so many different keys must have signed
  std::string predicate_type{};                // empty: any
  std::vector<Subject> artifacts{};            // files whose digests must be among the subjects
  std::optional<std::string> challenge{};      // must be the member `challenge` of the predicate
  std::optional<base::Nanoseconds> max_age{};  // since the member `finished` of the predicate
  base::WallTime now{};
};

struct Verified {
  Statement statement{};
  std::vector<std::string> accepted{};  // names of the keys whose signatures hold
};

base::Result<Verified> verify(const Envelope& envelope, const Policy& policy,
                              std::string_view source);

}  // namespace weft::attest
