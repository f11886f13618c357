// What a run signs: two statements about its files, one with all that weft knows and one for tools
// that know in-toto's test-result, each as an envelope and as a sigstore bundle.
//
//   std::vector<conform::File> files{{"result.json", text}, {"junit.xml", xml}};
//   WEFT_TRY(signatures, conform::sign_files(run, files, key));   // four files to write beside
//   them
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lib/attest/statement.h"
#include "lib/base/result.h"
#include "lib/conform/result.h"
#include "lib/pki/signing.h"

namespace weft::conform {

inline constexpr std::string_view kPredicateType = "https://weft.dev/attestation/conformance/v1";
inline constexpr std::string_view kEnvelopeFile = "result.intoto.json";
inline constexpr std::string_view kEvidenceFile = "evidence.jsonl";

struct File {
  std::string name{};
  std::string content{};
};

// The predicate holds integers and text only, and every test with its verdict.
attest::Statement statement_of(const Run& run, std::vector<attest::Subject> subjects);
// FAILED when a test failed or could not be run, else WARNED when one is inconclusive, else PASSED.
attest::Statement test_result_of(const Run& run, std::vector<attest::Subject> subjects);

// result.intoto.json, result.sigstore.json, test-result.intoto.json, test-result.sigstore.json.
// When digests of the mesh's images are known also images.intoto.json and images.sigstore.json: the
// test result with the images as subjects, for admission policies.
base::Result<std::vector<File>> sign_files(const Run& run, std::span<const File> files,
                                           const pki::PrivateKey& key);

// Do the result and the evidence bear out what the statement claims: verdicts of tests, counts of
// suites, digests of each test's probes. The first contradiction is an error with exit code
// `invalid`. `evidence` is empty when there is none. For countersigning.
base::Result<void> check_claims(const attest::Statement& statement, const Run& run,
                                std::string_view evidence);

}  // namespace weft::conform
