#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/probe.h"
#include "lib/conform/protocols.h"
#include "lib/conform/read_parts.h"
#include "lib/doc/decode.h"
#include "lib/doc/read.h"

namespace weft::conform {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using doc::Value;

constexpr std::string_view kSchema = "weft.probe-plan/v1";
constexpr std::uint64_t kMaxWorkers = 64;

Value texts(const std::vector<std::string>& list) {
  Value out = Value::list();
  for (const std::string& text : list) out.push(text);
  return out;
}

Value texts(const std::map<std::string, std::string>& map) {
  Value out = Value::map();
  for (const auto& [name, value] : map) out.set(name, value);
  return out;
}

Value texts(const std::multimap<std::string, std::string>& map) {
  Value out = Value::map();
  for (auto at = map.begin(); at != map.end(); at = map.upper_bound(at->first)) {
    Value values = Value::list();
    for (auto one = at; one != map.upper_bound(at->first); ++one) values.push(one->second);
    out.set(at->first, std::move(values));
  }
  return out;
}

Value to_json(const RequestSpec& request) {
  Value out = Value::map()
                  .set("url", request.url)
                  .set("method", request.method)
                  .set("body", request.body)
                  .set("headers", texts(request.headers))
                  .set("timeout", base::format_duration(request.timeout))
                  .set("connections", request.connections);
  if (request.body_size > 0) out.set("body_size", request.body_size);
  if (request.server_first) out.set("server_first", true);
  if (request.half_close) out.set("half_close", true);
  if (!request.certificate.empty())
    out.set("certificate", request.certificate).set("key", request.key);
  return out;
}

Value to_json(const ProbeUntil& until) {
  Value status = Value::list();
  for (const std::int64_t one : until.expect.status) status.push(one);
  Value shares = Value::map();
  for (const auto& [app, share] : until.expect.shares) shares.set(app, share);
  Value out = Value::map();
  if (until.expect.grpc_status) out.set("grpc_status", *until.expect.grpc_status);
  return std::move(out)
      .set("shares", std::move(shares))
      .set("status", std::move(status))
      .set("denied", until.expect.denied)
      .set("deny_timeout", until.expect.timeout_denies)
      .set("backends", texts(until.expect.backends))
      .set("response_headers", texts(until.expect.response_headers))
      .set("absent_response_headers", texts(until.expect.absent_response_headers))
      .set("seen", texts(until.seen))
      .set("consecutive", until.consecutive)
      .set("within", base::format_duration(until.within));
}

void duration(doc::Fields& in, std::string_view key, base::Nanoseconds& out) {
  std::string text;
  in.get(key, text);
  if (!in.ok() || text.empty()) return;
  const auto read = base::parse_duration(text);
  if (!read.ok() || read->count() <= 0 || *read > std::chrono::hours(1))
    return in.fail(key, "is no duration above 0 and up to 1h");
  out = *read;
}

bool has_line_break(std::string_view text) { return text.find_first_of("\r\n") != text.npos; }

void read_plan_request(doc::Fields& in, RequestSpec& out) {
  in.need("url", out.url).get("method", out.method).get("body", out.body);
  read_headers(in, out.headers);
  in.get("connections", out.connections).get("body_size", out.body_size);
  in.get("server_first", out.server_first).get("half_close", out.half_close);
  if (in.ok() && out.body_size > kMaxBodySize) in.fail("body_size", "is above 4 MiB");
  if (in.ok() && out.body_size > 0) out.body = sized_text(out.body_size);
  in.get("certificate", out.certificate).get("key", out.key);
  duration(in, "timeout", out.timeout);
  if (in.ok() && out.connections > kMaxWorkers) in.fail("connections", "is above 64");
  bool broken = has_line_break(out.method) || out.method.find(' ') != std::string::npos;
  for (const auto& [name, value] : out.headers)
    broken = broken || has_line_break(name) || has_line_break(value);
  if (in.ok() && broken) in.fail("headers", "or the method has a line break in it");
  if (!in.ok()) return;
  const auto target = parse_probe_target(out.url);
  if (!target.ok()) in.fail("url", target.error().message, target.error().remedy);
}

void read_until(doc::Fields& in, std::optional<ProbeUntil>& out) {
  out.emplace();
  const Value* status = in.find("status");
  if (status != nullptr && status->is_list())
    for (const Value& one : status->items())
      if (one.is_int()) out->expect.status.push_back(one.integer());
  in.get("grpc_status", out->expect.grpc_status);
  in.get("denied", out->expect.denied).get("deny_timeout", out->expect.timeout_denies);
  in.get("backends", out->expect.backends).get("seen", out->seen);
  in.get("response_headers", out->expect.response_headers);
  in.get("absent_response_headers", out->expect.absent_response_headers);
  in.get("consecutive", out->consecutive);
  if (const Value* shares = in.find("shares"); shares != nullptr && shares->is_map())
    for (const doc::Member& member : shares->members())
      if (member.value.is_number()) out->expect.shares[member.key] = member.value.number();
  duration(in, "within", out->within);
}

void read_pairs(const Value* list, std::vector<std::pair<std::string, std::string>>& out) {
  if (list == nullptr || !list->is_list()) return;
  for (const Value& pair : list->items())
    if (pair.is_list() && pair.size() == 2 && pair.items()[0].is_string() &&
        pair.items()[1].is_string())
      out.emplace_back(pair.items()[0].string(), pair.items()[1].string());
}

Result<ProbeAnswer> read_answer(const doc::Document& line) {
  ProbeAnswer out;
  doc::Fields in(line, doc::Unknown::ignored);
  in.need("n", out.n).need("nonce", out.nonce).need("outcome", out.outcome);
  in.get("error", out.error).get("backend", out.backend).get("connection", out.connection);
  in.get("us", out.micros).get("reused", out.reused).get("body_size", out.body_size);
  read_pairs(in.find("headers"), out.headers);
  if (const Value* seen = in.find("seen")) {
    Seen read;
    doc::Fields fields(line, *seen, "seen", doc::Unknown::ignored);
    fields.get("method", read.method).get("path", read.path).get("host", read.host);
    fields.get("protocol", read.protocol).get("body_size", read.body_size);
    read_pairs(fields.find("headers"), read.headers);
    WEFT_CHECK(fields.done());
    out.seen = std::move(read);
  }
  in.part("tls", out.tls, [](doc::Fields& tls, std::optional<TlsSeen>& read) {
    read.emplace();
    tls.get("names", read->names).get("fingerprint", read->fingerprint).get("asked", read->asked);
  });
  WEFT_CHECK(in.done());
  return out;
}

}  // namespace

Value plan_to_json(const ProbePlan& plan) {
  Value out;
  out.set("schema", kSchema).set("request", to_json(plan.request)).set("count", plan.count);
  out.set("nonce", plan.nonce).set("workers", plan.workers).set("detail", plan.detail);
  if (plan.until) out.set("until", to_json(*plan.until));
  return out;
}

Result<ProbePlan> plan_from_json(const doc::Document& document) {
  ProbePlan out;
  std::string schema;
  doc::Fields in(document);
  in.need("schema", schema);
  if (in.ok() && schema != kSchema)
    in.fail("schema", fmt::format("is \"{}\"", schema), fmt::format("write {}", kSchema));
  in.require("request");
  in.part("request", out.request, read_plan_request);
  in.get("count", out.count).need("nonce", out.nonce);
  in.get("workers", out.workers).get("detail", out.detail);
  in.part("until", out.until, read_until);
  if (in.ok() && (out.count < 1 || out.count > kMaxRequests))
    in.fail("count", fmt::format("is {}", out.count), fmt::format("give 1 to {}", kMaxRequests));
  if (in.ok() && (out.workers < 1 || out.workers > kMaxWorkers))
    in.fail("workers", "is not within 1 and 64");
  if (in.ok() && (out.nonce.empty() || out.nonce.size() > 100 || has_line_break(out.nonce)))
    in.fail("nonce", "is no text of 1 to 100 characters");
  WEFT_CHECK(in.done());
  return out;
}

Result<ProbeReport> read_report(const std::string& lines) {
  ProbeReport out;
  bool ended = false;
  for (const std::string_view line : base::split(lines, '\n')) {
    if (base::trim(line).empty()) continue;
    WEFT_TRY(document, doc::read_json(doc::Source("weft probe", std::string(line))));
    const Value& root = document.root;
    if (root.find("heartbeat") != nullptr) continue;
    if (root.find("end") != nullptr) {
      doc::Fields in(document, doc::Unknown::ignored);
      in.need("sent", out.end.sent).get("settled", out.end.settled);
      in.get("settle_us", out.end.settle_micros);
      WEFT_CHECK(in.done());
      ended = true;
      continue;
    }
    WEFT_TRY(answer, read_answer(document));
    out.answers.push_back(std::move(answer));
  }
  if (!ended || out.end.sent != out.answers.size())
    return Error{ExitCode::invalid, "the prober ended before its work was done",
                 "look at its standard error"};
  std::ranges::sort(out.answers, {}, &ProbeAnswer::n);
  return out;
}

}  // namespace weft::conform
