// What the readers of suites share: fields with bounds, requests, expectations, steps.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/conform/names.h"
#include "lib/conform/suite.h"
#include "lib/doc/decode.h"

namespace weft::conform {

// Above 0 and up to `most`; left as it is when the key is absent.
void duration(doc::Fields& in, std::string_view key, base::Nanoseconds most,
              base::Nanoseconds& out);
void bounded(doc::Fields& in, std::string_view key, std::uint64_t least, std::uint64_t most,
             std::uint64_t& out);

// Up to 40 lower-case letters, digits and dashes, a letter first.
void need_name(doc::Fields& in, std::string_view key, std::string& out);

void read_certificate(doc::Fields& in, CertificateSpec& out);
// Under "headers": a text or a list of texts by name.
void read_headers(doc::Fields& in, std::multimap<std::string, std::string>& out);
void read_request(doc::Fields& in, RequestSpec& out);
void read_expect(doc::Fields& in, ExpectSpec& out);
// Refuses what a protocol cannot answer.
void check_answer_fits(doc::Fields& in, const ExpectSpec& expect, const RequestSpec& request);

// One test while it is read: the names bound so far, and what they stand for.
struct Scope {
  const SuiteSpec& suite;
  std::string suffix;  // "ts-07": makes the names of its objects unique
  Names names;
  std::map<std::string, std::pair<std::string, std::string>> applied{};  // as -> resource, object
};

// Refuses what is no application of the fixture.
void need_app(doc::Fields& in, std::string_view key, const std::string& name, const Scope& scope);

// Steps that send requests; cases become a probe each.
Action read_settle(doc::Fields& in, Scope& scope);
Action read_probe(doc::Fields& in, Scope& scope);
std::vector<Action> read_cases(doc::Fields& in, Scope& scope);

// `value` is {type: fields}.
base::Result<std::vector<StepSpec>> read_step(const doc::Document& document,
                                              const doc::Value& value, Scope& scope);

}  // namespace weft::conform
