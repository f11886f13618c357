// From answers to a verdict: what a step expected, what was observed, and whether they agree.
#pragma once

#include <span>
#include <string>

#include "lib/conform/probe.h"
#include "lib/conform/result.h"
#include "lib/stats/binomial.h"

namespace weft::conform {

// What is wrong with one answer, in words; empty when nothing is. Shares are not looked at.
std::string wrong_answer(const ExpectSpec& expect, const ProbeAnswer& answer);

// Counts the outcomes, and judges every answer; the first one that is wrong is told. Shares are
// judged by judge_shares. Requests that failed for a reason of ours make it an error.
void judge_answers(const ExpectSpec& expect, std::span<const ProbeAnswer> answers,
                   Observation& out);

// The test behind ExpectSpec::shares, and its verdict on these answers. `out` gets the shares; its
// verdict becomes inconclusive while it is open.
stats::SplitTest split_test(const ExpectSpec& expect);
stats::ShareVerdict judge_shares(const ExpectSpec& expect, std::span<const ProbeAnswer> answers,
                                 Observation& out);

// Whether each kept connection reached every backend with a share. Needs some 30 answers each.
void judge_granularity(const ExpectSpec& expect, std::span<const ProbeAnswer> answers,
                       Observation& out);

// Whether each kept connection served all that was sent on it.
void judge_kept(std::span<const ProbeAnswer> answers, Observation& out);

std::string expected_text(const ExpectSpec& expect);

// What an object lacks of what is waited for, in words; empty when nothing.
std::string missing_in(const WaitStep& step, const doc::Value& object);
// Likewise in an answer of the API server.
std::string missing_in(const RawStep& step, const doc::Value& answer);

}  // namespace weft::conform
