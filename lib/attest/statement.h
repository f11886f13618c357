// in-toto statements: claims (the predicate) about files, which are named by their digests. The
// payload of an envelope.
//
//   attest::Statement statement{.subjects = {attest::subject_of("report.yaml", text)},
//                               .predicate_type = std::string(attest::kTestResultType)};
//   attest::statement_text(statement);        // the bytes to sign
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/doc/value.h"

namespace weft::attest {

inline constexpr std::string_view kStatementType = "https://in-toto.io/Statement/v1";
inline constexpr std::string_view kOldStatementType = "https://in-toto.io/Statement/v0.1";
inline constexpr std::string_view kTestResultType =
    "https://in-toto.io/attestation/test-result/v0.1";

struct Subject {
  std::string name{};
  std::string sha256{};  // lower-case hexadecimal; empty when only other digests are given
};

struct Statement {
  std::string type{kStatementType};
  std::vector<Subject> subjects{};
  std::string predicate_type{};
  doc::Value predicate{};
};

Subject subject_of(std::string name, std::string_view content);

// Compact JSON, members in the order of the specification.
std::string statement_text(const Statement& statement);

// Takes v0.1 and v1, and unknown members, which are ignored. `source` names it in errors.
base::Result<Statement> read_statement(std::string payload, std::string_view source);

}  // namespace weft::attest
