// Requests and expectations: what settle and probe steps have in common.
#include <algorithm>
#include <array>
#include <cmath>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/protocols.h"
#include "lib/conform/read_parts.h"

namespace weft::conform {
namespace {

using doc::Fields;
using doc::Value;

void read_connections(Fields& in, RequestSpec& out) {
  constexpr std::uint64_t kMost = 64;
  std::string text;
  in.get("connection", text);
  if (text.empty() || text == "perRequest" || !in.ok()) return;
  if (text == "single") {
    out.connections = 1;
    return;
  }
  const auto count = text.starts_with("pooled:")
                         ? base::parse_uint(std::string_view(text).substr(7))
                         : std::nullopt;
  if (!count || *count < 1 || *count > kMost)
    return in.fail("connection", fmt::format("is \"{}\"", text),
                   fmt::format("choose perRequest, single, or pooled:1 to pooled:{}", kMost));
  out.connections = *count;
}

void read_status(Fields& in, std::vector<std::int64_t>& out) {
  const Value* value = in.find("status");
  if (value == nullptr) return;
  const auto add = [&](const Value& one) {
    std::int64_t status = 0;
    if (!decode(one, status) || status < 100 || status > 599)
      return in.fail("status", "has no HTTP status", "give 200, or a list of such numbers");
    out.push_back(status);
  };
  if (!value->is_list()) return add(*value);
  for (const Value& one : value->items()) add(one);
}

void read_distribution(Fields& in, ExpectSpec& out) {
  std::string granularity;
  const Value* shares = in.find("shares");
  if (shares == nullptr || !shares->is_map() || shares->size() == 0)
    return in.fail("shares", "is no map", "give shares: {app-b: 0.75, app-c: 0.25}");
  double sum = 0;
  for (const doc::Member& member : shares->members()) {
    double share = -1;
    if (!decode(member.value, share) || share < 0 || share > 1)
      return in.fail("shares", fmt::format("of {} is no part of 1", member.key));
    out.shares[member.key] = share;
    sum += share;
  }
  if (std::abs(sum - 1) > 1e-3)
    return in.fail("shares", fmt::format("come to {:.3f}", sum), "all shares together are 1");
  in.get("margin", out.margin).get("alpha", out.alpha);
  if (out.margin < 0.005 || out.margin >= 1) in.fail("margin", "is not within 0.005 and 1");
  if (out.alpha < 1e-6 || out.alpha > 0.1) in.fail("alpha", "is not within 0.000001 and 0.1");
  in.get("granularity", granularity);
  out.per_request = granularity == "request";
  if (!granularity.empty() && !out.per_request && granularity != "any")
    in.fail("granularity", fmt::format("is \"{}\"", granularity), "choose request or any");
}

constexpr std::array<std::string_view, 3> kCertificates{"valid", "expired", "foreign"};

// `out` gets the name of an application for now: who it is, the caller looks up.
void read_workload(Fields& in, std::string_view key, std::optional<Workload>& out) {
  std::string app;
  in.get(key, app);
  if (!app.empty()) out = Workload{"", "", app};
}

void read_tls(Fields& in, std::optional<TlsSpec>& out) {
  out.emplace();
  read_workload(in, "identity", out->identity);
  in.get("asksCertificate", out->asks_certificate).get("renewed", out->renewed);
}

void size(Fields& in, std::string_view key, std::optional<std::uint64_t>& out) {
  std::string text;
  in.get(key, text);
  if (text.empty() || !in.ok()) return;
  const auto read = base::parse_size(text);
  if (!read.ok() || *read > kMaxBodySize)
    return in.fail(key, fmt::format("is \"{}\"", text), "give a size up to 4MiB: 100KiB");
  out = *read;
}

// What a request carries that its protocol has no place for.
void check_fit(Fields& in, const RequestSpec& request, ProbeProtocol protocol) {
  const bool socket = !speaks_http(protocol);
  const bool tls_only = protocol == ProbeProtocol::tls;
  if (in.ok() && request.body_size > 0 && !request.body.empty())
    in.fail("bodySize", "is given together with a body");
  const auto refuse = [&](std::string_view key, bool given, std::string_view why) {
    if (in.ok() && given) in.fail(key, why);
  };
  refuse("headers", socket && !request.headers.empty(), "are sent over HTTP and gRPC only");
  refuse("method", request.method != "GET" && (socket || is_grpc(protocol)),
         "is that of HTTP: gRPC has its own in the url, and TCP, TLS and UDP none");
  refuse("connection", socket && request.connections > 0, "is kept by HTTP and gRPC only");
  refuse("body", tls_only && !request.body.empty(), "is not sent over tls://, which only agrees");
  refuse("serverFirst", request.server_first && protocol != ProbeProtocol::tcp, "is for tcp://");
  refuse("halfClose", request.half_close && protocol != ProbeProtocol::tcp, "is for tcp://");
}

void read_location(Fields& in, std::optional<LocationSpec>& out) {
  out.emplace();
  in.get("scheme", out->scheme).get("host", out->host).get("port", out->port);
  in.get("path", out->path);
}

}  // namespace

void duration(Fields& in, std::string_view key, base::Nanoseconds most, base::Nanoseconds& out) {
  std::string text;
  in.get(key, text);
  if (text.empty() || !in.ok()) return;
  const auto read = base::parse_duration(text);
  if (!read.ok() || read->count() <= 0 || *read > most)
    return in.fail(key, fmt::format("is \"{}\"", text),
                   fmt::format("give a time above 0 and up to {}", base::format_duration(most)));
  out = *read;
}

void bounded(Fields& in, std::string_view key, std::uint64_t least, std::uint64_t most,
             std::uint64_t& out) {
  in.get(key, out);
  if (in.ok() && (out < least || out > most))
    in.fail(key, fmt::format("is {}", out), fmt::format("give {} to {}", least, most));
}

void read_headers(Fields& in, std::multimap<std::string, std::string>& out) {
  const Value* headers = in.find("headers");
  if (headers == nullptr || !in.ok()) return;
  if (!headers->is_map()) return in.fail("headers", "is no map", "give headers: {x-one: a}");
  for (const doc::Member& member : headers->members()) {
    std::vector<std::string> values;
    const bool good = member.value.is_list() ? decode(member.value, values)
                                             : decode(member.value, values.emplace_back());
    if (!good || values.empty())
      return in.fail("headers", fmt::format("has no text for {}", member.key),
                     "give a text, or a list of texts for a header that is sent several times");
    for (std::string& value : values) out.emplace(member.key, std::move(value));
  }
}

void read_request(Fields& in, RequestSpec& out) {
  std::optional<std::uint64_t> body_size;
  in.need("url", out.url).get("method", out.method).get("body", out.body);
  size(in, "bodySize", body_size);
  out.body_size = body_size.value_or(0);
  read_headers(in, out.headers);
  in.get("serverFirst", out.server_first).get("halfClose", out.half_close);
  duration(in, "timeout", std::chrono::seconds(60), out.timeout);
  read_connections(in, out);
  if (!in.ok()) return;
  const auto target = parse_probe_target(out.url);
  if (!target.ok()) return in.fail("url", target.error().message, target.error().remedy);
  if (is_grpc(target->protocol) && !names_grpc_method(target->url.target))
    return in.fail("url", fmt::format("\"{}\" names no method of gRPC", out.url),
                   "write grpc://HOST:PORT/package.Service/Method");
  check_fit(in, out, target->protocol);
  in.part("certificate", out.shows, [](Fields& f, std::optional<CertificateSpec>& shows) {
    shows.emplace();
    read_certificate(f, *shows);
  });
  if (in.ok() && out.shows && !out.url.starts_with("https:"))
    in.fail("certificate", "is shown to nobody", "only a client of https:// shows one");
}

void read_certificate(Fields& in, CertificateSpec& out) {
  std::string kind = "valid";
  in.need("of", out.of).get("kind", kind);
  const auto found = std::ranges::find(kCertificates, kind);
  if (found != kCertificates.end())
    out.kind = static_cast<CertificateKind>(found - kCertificates.begin());
  else if (in.ok())
    in.fail("kind", fmt::format("is \"{}\"", kind), "choose valid, expired or foreign");
}

void read_expect(Fields& in, ExpectSpec& out) {
  read_status(in, out.status);
  in.get("grpcStatus", out.grpc_status).get("keptOpen", out.kept_open);
  if (in.ok() && out.grpc_status.value_or(0) > 16)
    in.fail("grpcStatus", "is none of gRPC", "give 0 to 16: 12 is UNIMPLEMENTED");
  in.get("denied", out.denied).get("denyTimeout", out.timeout_denies);
  std::string backend;
  in.get("backend", backend).get("backends", out.backends);
  if (!backend.empty()) out.backends.push_back(backend);
  in.part("requestSeen", out, [](Fields& seen, ExpectSpec& e) {
    seen.get("path", e.path).get("method", e.method).get("host", e.host);
    seen.get("protocol", e.protocol).get("absentHeaders", e.absent_headers);
    read_headers(seen, e.headers);
    size(seen, "bodySize", e.body_size);
    read_workload(seen, "caller", e.caller);
    e.no_caller = e.caller && e.caller->app == "none";
    if (e.no_caller) e.caller.reset();
  });
  in.part("response", out, [](Fields& response, ExpectSpec& e) {
    response.get("headers", e.response_headers).get("absentHeaders", e.absent_response_headers);
    response.part("location", e.location, read_location);
    size(response, "bodySize", e.answer_size);
  });
  in.part("tls", out.tls, read_tls);
  in.part("distribution", out, read_distribution);
  in.get("serverHits", out.server_hits);
  const bool answers =
      !out.status.empty() || out.grpc_status || !out.backends.empty() || !out.shares.empty();
  if (in.ok() && out.denied && answers)
    in.fail("denied", "is asked for together with an answer",
            "a denied request has no status, backend or distribution to expect");
}

void check_answer_fits(Fields& in, const ExpectSpec& expect, const RequestSpec& request) {
  const auto target = parse_probe_target(request.url);
  if (!in.ok() || !target.ok()) return;
  const ProbeProtocol protocol = target->protocol;
  const bool asks_seen = expect.path || expect.method || expect.host || expect.protocol ||
                         expect.body_size || !expect.headers.empty() ||
                         !expect.absent_headers.empty() || expect.caller || expect.no_caller;
  const bool asks_answer = !expect.response_headers.empty() || expect.location ||
                           !expect.absent_response_headers.empty();
  const bool names = !expect.backends.empty() || !expect.shares.empty();
  const bool named = speaks_http(protocol) || request.server_first;
  const auto refuse = [&](bool wrong, std::string_view why, std::string_view remedy = {}) {
    if (in.ok() && wrong) in.fail("expect", why, std::string(remedy));
  };
  refuse(is_grpc(protocol) && !expect.status.empty(), "has a status of HTTP for a call of gRPC",
         "write grpcStatus: 0");
  refuse(!is_grpc(protocol) && expect.grpc_status, "has a status of gRPC for what is none",
         "write grpc:// in the url, or status: 200");
  refuse(!speaks_http(protocol) && (!expect.status.empty() || asks_seen || asks_answer),
         "tells of HTTP, which is not spoken there");
  refuse(!named && names, "names applications, which TCP, TLS and UDP do not tell",
         "over TCP they do with serverFirst: true");
  refuse(!speaks_http(protocol) && (expect.denied || expect.server_hits),
         "needs the journal, which knows requests of HTTP and gRPC only");
  refuse(expect.kept_open && request.connections == 0, "wants connections kept that are not",
         "connection: single, in the request");
}

}  // namespace weft::conform
