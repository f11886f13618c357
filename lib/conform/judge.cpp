#include "lib/conform/judge.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/identity.h"
#include "lib/conform/outcome.h"
#include "lib/net/url.h"

namespace weft::conform {
namespace {

const std::string* header(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (base::equal_ignoring_case(key, name)) return &value;
  return nullptr;
}

std::string short_text(const std::string& text) {
  constexpr std::size_t kMost = 100;
  return text.size() <= kMost ? text
                              : fmt::format("{}... ({} bytes)", text.substr(0, kMost), text.size());
}

template <typename Map>
std::map<std::string, std::vector<std::string>> by_name(const Map& headers) {
  std::map<std::string, std::vector<std::string>> out;
  for (const auto& [name, value] : headers) out[name].push_back(value);
  return out;
}

// Values of several headers of one name are those of one, divided by commas (RFC 9110, 5.3).
std::string without_blanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

// What is wrong with headers, in words; empty when nothing is.
std::string wrong_headers(std::string_view where, const Headers& headers,
                          const std::map<std::string, std::vector<std::string>>& wanted,
                          const std::vector<std::string>& absent) {
  for (const auto& [name, values] : wanted) {
    std::vector<std::string> found;
    for (const auto& [key, value] : headers)
      if (base::equal_ignoring_case(key, name)) found.push_back(value);
    const std::string want = base::join(values, ", ");
    const std::string is = base::join(found, ", ");
    if (found.empty()) return fmt::format("{} lacks {}: {}", where, name, short_text(want));
    const bool same =
        values.size() == 1 ? found.front() == want : without_blanks(is) == without_blanks(want);
    if (!same)
      return fmt::format("{} has {}: {}, not {}", where, name, short_text(is), short_text(want));
  }
  for (const std::string& name : absent)
    if (const std::string* found = header(headers, name))
      return fmt::format("{} has {}: {}", where, name, *found);
  return {};
}

std::string wrong_location(const LocationSpec& wanted, const Headers& headers) {
  const std::string* found = header(headers, "location");
  if (found == nullptr) return "the answer has no Location";
  const auto url = net::parse_url(*found);
  if (!url.ok()) return fmt::format("Location is {}", *found);
  const std::string path = url->target.substr(0, url->target.find('?'));
  const auto differs = [](const std::optional<std::string>& want, const std::string& is) {
    return want && *want != is;
  };
  if (differs(wanted.scheme, url->scheme) || differs(wanted.host, url->host) ||
      differs(wanted.port, fmt::format("{}", url->port)) || differs(wanted.path, path))
    return fmt::format("Location is {}", *found);
  return {};
}

std::string wrong_request(const ExpectSpec& expect, const ProbeAnswer& answer) {
  const bool asks = expect.path || expect.method || expect.host || expect.protocol ||
                    expect.body_size || !expect.headers.empty() || !expect.absent_headers.empty() ||
                    expect.caller || expect.no_caller;
  if (!asks) return {};
  if (!answer.seen) return "the answer does not tell what the application received";
  const Seen& seen = *answer.seen;
  if (expect.path && *expect.path != seen.path)
    return fmt::format("the application received the path {}", seen.path);
  if (expect.method && *expect.method != seen.method)
    return fmt::format("the application received the method {}", seen.method);
  if (expect.host && *expect.host != seen.host)
    return fmt::format("the application received the host {}", seen.host);
  if (expect.protocol && *expect.protocol != seen.protocol)
    return fmt::format("the application received {}", seen.protocol);
  if (expect.body_size && *expect.body_size != seen.body_size)
    return fmt::format("the application received {} bytes", seen.body_size);
  std::string problem = wrong_headers("what the application received", seen.headers,
                                      by_name(expect.headers), expect.absent_headers);
  if (problem.empty() && expect.caller) problem = wrong_caller(seen.headers, *expect.caller);
  if (problem.empty() && expect.no_caller) problem = wrong_no_caller(seen.headers);
  return problem;
}

std::string wrong_tls(const TlsSpec& expect, const ProbeAnswer& answer) {
  if (!answer.tls || answer.tls->fingerprint.empty())
    return fmt::format("no certificate was shown: {}", answer.outcome);
  const auto& names = answer.tls->names;
  const bool right = !expect.identity || std::ranges::any_of(names, [&](const std::string& name) {
    return identifies(name, *expect.identity);
  });
  if (!right)
    return fmt::format("the certificate is that of {}",
                       names.empty() ? "nobody" : base::join(names, ", "));
  if (expect.asks_certificate && !answer.tls->asked)
    return "no certificate of the client is asked for";
  return {};
}

std::uint64_t ppm(double share) {
  return static_cast<std::uint64_t>(std::llround(std::clamp(share, 0.0, 1.0) * 1e6));
}

}  // namespace

std::string wrong_answer(const ExpectSpec& expect, const ProbeAnswer& answer) {
  const std::string& outcome = answer.outcome;
  if (expect.tls)
    if (std::string problem = wrong_tls(*expect.tls, answer); !problem.empty()) return problem;
  if (expect.denied)
    return denied(outcome, expect.timeout_denies) ? "" : fmt::format("{} is no denial", outcome);
  const auto is = [&](std::int64_t s) { return outcome == http_outcome(static_cast<int>(s)); };
  if (!expect.status.empty() && std::ranges::none_of(expect.status, is)) return outcome;
  if (expect.grpc_status && outcome != fmt::format("grpc:{}", *expect.grpc_status)) return outcome;
  if (!is_answer(outcome)) return expect.tls && expect.status.empty() ? "" : outcome;
  if (!expect.backends.empty() && std::ranges::count(expect.backends, answer.backend) == 0)
    return fmt::format("{} answered", answer.backend.empty() ? "nobody known" : answer.backend);
  if (!expect.shares.empty() && !expect.shares.contains(answer.backend))
    return fmt::format("{} answered", answer.backend.empty() ? "nobody known" : answer.backend);
  std::string problem = wrong_request(expect, answer);
  if (problem.empty())
    problem = wrong_headers("the answer", answer.headers, by_name(expect.response_headers),
                            expect.absent_response_headers);
  if (problem.empty() && expect.answer_size && *expect.answer_size != answer.body_size)
    problem = fmt::format("the answer has {} bytes", answer.body_size);
  if (problem.empty() && expect.location)
    problem = wrong_location(*expect.location, answer.headers);
  return problem;
}

void judge_answers(const ExpectSpec& expect, std::span<const ProbeAnswer> answers,
                   Observation& out) {
  out.requests = answers.size();
  out.outcomes.clear();
  std::uint64_t bad = 0;
  std::uint64_t ours = 0;
  std::string first;
  for (const ProbeAnswer& answer : answers) {
    ++out.outcomes[answer.outcome];
    ours += is_ours(answer.outcome) ? 1 : 0;
    const std::string problem = wrong_answer(expect, answer);
    if (problem.empty()) continue;
    if (bad++ == 0)
      first = problem + (answer.error.empty() ? "" : fmt::format(" ({})", answer.error));
  }
  out.verdict = ours > 0 ? Verdict::error : bad > 0 ? Verdict::fail : Verdict::pass;
  out.observed = bad == 0 ? fmt::format("{} as expected", answers.size())
                          : fmt::format("{} of {} not: {}", bad, answers.size(), first);
}

stats::SplitTest split_test(const ExpectSpec& expect) {
  stats::SplitTest out{.shares = {}, .margin = expect.margin, .alpha = expect.alpha};
  for (const auto& [app, share] : expect.shares) out.shares.push_back(share);
  return out;
}

stats::ShareVerdict judge_shares(const ExpectSpec& expect, std::span<const ProbeAnswer> answers,
                                 Observation& out) {
  const stats::SplitTest test = split_test(expect);
  std::map<std::string, std::uint64_t> hits;
  for (const ProbeAnswer& answer : answers)
    if (is_answer(answer.outcome)) ++hits[answer.backend];
  std::vector<std::uint64_t> counts;
  for (const auto& [app, share] : expect.shares) counts.push_back(hits[app]);
  const stats::SplitLook seen = stats::look(test, counts);
  out.shares.clear();
  std::vector<std::string> texts;
  std::size_t i = 0;
  for (const auto& [app, share] : expect.shares) {
    const stats::ShareEstimate& one = seen.shares[i++];
    const double part =
        seen.requests == 0 ? 0 : static_cast<double>(one.hits) / static_cast<double>(seen.requests);
    out.shares.push_back(
        {app, one.hits, ppm(share), ppm(expect.margin), ppm(one.bounds.low), ppm(one.bounds.high)});
    texts.push_back(fmt::format("{} {:.1f} % [{:.1f}, {:.1f}] want {:.1f}±{:.1f}", app, 100 * part,
                                100 * one.bounds.low, 100 * one.bounds.high, 100 * share,
                                100 * expect.margin));
  }
  if (out.verdict == Verdict::pass) {
    out.observed = base::join(texts, ", ");
    if (seen.verdict == stats::ShareVerdict::fail) out.verdict = Verdict::fail;
    if (seen.verdict == stats::ShareVerdict::open) out.verdict = Verdict::inconclusive;
  }
  return seen.verdict;
}

void judge_granularity(const ExpectSpec& expect, std::span<const ProbeAnswer> answers,
                       Observation& out) {
  std::map<std::uint64_t, std::set<std::string>> reached;
  for (const ProbeAnswer& answer : answers) reached[answer.connection].insert(answer.backend);
  std::size_t stuck = 0;
  for (const auto& of_one : reached)
    stuck += std::ranges::any_of(expect.shares, [&](const auto& share) {
      return share.second >= 0.1 && !of_one.second.contains(share.first);
    });
  if (stuck == 0 || out.verdict == Verdict::error) return;
  out.verdict = Verdict::fail;
  out.observed = fmt::format(
      "{} of {} connections did not reach every backend: traffic is split "
      "by connection, not by request",
      stuck, reached.size());
}

void judge_kept(std::span<const ProbeAnswer> answers, Observation& out) {
  std::set<std::uint64_t> used;
  std::size_t again = 0;
  for (const ProbeAnswer& answer : answers)
    again += used.insert(answer.connection).second || answer.reused ? 0 : 1;
  if (again == 0 || out.verdict != Verdict::pass) return;
  out.verdict = Verdict::fail;
  out.observed = fmt::format("{} of {} requests needed a new connection", again, answers.size());
}

std::string expected_text(const ExpectSpec& expect) {
  if (expect.denied) return expect.timeout_denies ? "denied, or no answer" : "denied";
  std::vector<std::string> parts;
  for (const std::int64_t status : expect.status) parts.push_back(fmt::format("{}", status));
  if (expect.grpc_status) parts.push_back(fmt::format("grpc {}", *expect.grpc_status));
  std::string out = base::join(parts, " or ");
  if (!expect.backends.empty())
    out += (out.empty() ? "" : " from ") + base::join(expect.backends, " or ");
  parts.clear();
  for (const auto& [app, share] : expect.shares)
    parts.push_back(fmt::format("{} {:.1f} %", app, 100 * share));
  const auto add = [&](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
  if (expect.tls && expect.tls->identity) add("a certificate of " + expect.tls->identity->app);
  if (expect.tls && expect.tls->renewed) add("another certificate than before");
  if (expect.tls && expect.tls->asks_certificate) add("a client certificate is asked for");
  if (expect.caller) add("the caller is known as " + expect.caller->app);
  if (expect.no_caller) add("the caller is not known");
  if (!parts.empty())
    out += fmt::format("{}{} ±{:.0f} %", out.empty() ? "" : ", ", base::join(parts, ", "),
                       100 * expect.margin);
  return out.empty() ? "an answer" : out;
}

}  // namespace weft::conform
