// Steps that send requests.
#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/protocols.h"
#include "lib/conform/read_parts.h"

namespace weft::conform {
namespace {

using doc::Fields;
using doc::Value;

void read_sender(Fields& in, Scope& scope, std::string& from, RequestSpec& request) {
  in.need("from", from);
  need_app(in, "from", from, scope);
  in.require("request");
  in.part("request", request, read_request);
  if (request.shows) need_app(in, "request", request.shows->of, scope);
}

// Who the application under `workload` is.
void look_up(Fields& in, std::optional<Workload>& workload, const Scope& scope) {
  if (!workload) return;
  need_app(in, "expect", workload->app, scope);
  if (const AppSpec* app = scope.suite.fixture.find(workload->app))
    workload = workload_of(*app, scope.names.at("namespace").string());
}

void check_expect(Fields& in, ExpectSpec& expect, const RequestSpec& request, const Scope& scope) {
  look_up(in, expect.caller, scope);
  if (expect.tls) look_up(in, expect.tls->identity, scope);
  check_answer_fits(in, expect, request);
  if (in.ok() && expect.tls && !request.url.starts_with("https:"))
    in.fail("expect", "tells of TLS that nobody speaks", "write https:// in the url");
  for (const std::string& app : expect.backends) need_app(in, "expect", app, scope);
  for (const auto& [app, share] : expect.shares) need_app(in, "expect", app, scope);
}

// Of HTTP or gRPC, unless something else is expected.
void expect_success(const RequestSpec& request, ExpectSpec& expect) {
  const auto target = parse_probe_target(request.url);
  if (!target.ok() || !speaks_http(target->protocol)) return;
  if (is_grpc(target->protocol)) {
    if (!expect.grpc_status) expect.grpc_status = 0;
  } else if (expect.status.empty()) {
    expect.status = {200};
  }
}

void read_control(Fields& in, const Scope& scope, ProbeStep& out) {
  in.part("control", out.control, [&](Fields& f, std::optional<ControlSpec>& control) {
    control.emplace();
    control->url = out.request.url;
    f.need("from", control->from).get("url", control->url);
    need_app(f, "from", control->from, scope);
    const auto target = parse_probe_target(control->url);
    const bool answers = target.ok() && speaks_http(target->protocol);
    if (f.ok() && !answers) f.fail("url", "is no URL of HTTP or gRPC");
  });
  if (in.ok() && out.expect.denied && !out.control)
    in.fail("control", "is missing",
            "a denial counts only beside a request that succeeds: control: {from: APP}");
}

// What was sent arrives as it was sent, unless the case says what becomes of it.
void expect_unchanged(ProbeStep& step) {
  ExpectSpec& expect = step.expect;
  const auto target = parse_probe_target(step.request.url);
  if (!target.ok()) return;
  expect_success(step.request, expect);
  const bool calls = is_grpc(target->protocol);
  if (calls ? expect.grpc_status != 0 : expect.status != std::vector<std::int64_t>{200}) return;
  const net::Url* url = &target->url;
  if (!expect.path) expect.path = url->target.substr(0, url->target.find('?'));
  if (!expect.method && !calls) expect.method = step.request.method;
  const auto host = step.request.headers.find("host");
  if (!expect.host)
    expect.host = host == step.request.headers.end() ? url->authority() : host->second;
}

bool is_case_url(const std::string& url) {
  const auto target = parse_probe_target(url);
  return target.ok() && (!is_grpc(target->protocol) || names_grpc_method(target->url.target));
}

void read_case(Fields& in, const Scope& scope, const std::string& url, ProbeStep& out) {
  std::string path;
  in.need("path", path).get("method", out.request.method).get("body", out.request.body);
  read_headers(in, out.request.headers);
  in.part("expect", out.expect, read_expect);
  out.request.url = url + path;
  check_expect(in, out.expect, out.request, scope);
  bounded(in, "count", 1, 1000, out.count);
  if (in.ok() && (!path.starts_with('/') || !is_case_url(out.request.url)))
    in.fail("path", fmt::format("makes no URL: \"{}\"", out.request.url));
  if (in.ok() && (out.expect.denied || !out.expect.shares.empty()))
    in.fail("expect", "has a denial or a distribution", "write a probe of its own");
  expect_unchanged(out);
}

}  // namespace

void need_app(Fields& in, std::string_view key, const std::string& name, const Scope& scope) {
  if (!in.ok() || scope.suite.fixture.find(name) != nullptr) return;
  std::vector<std::string> known;
  for (const AppSpec& app : scope.suite.fixture.apps) known.push_back(app.name);
  in.fail(key, fmt::format("names no application of the fixture: \"{}\"{}", name,
                           base::did_you_mean(name, known)));
}

Action read_settle(Fields& in, Scope& scope) {
  SettleStep out;
  read_sender(in, scope, out.from, out.request);
  in.get("seen", out.seen);
  for (const std::string& app : out.seen) need_app(in, "seen", app, scope);
  in.part("expect", out.expect, read_expect);
  check_expect(in, out.expect, out.request, scope);
  bounded(in, "consecutive", 1, 1000, out.consecutive);
  duration(in, "within", std::chrono::minutes(5), out.within);
  if (out.expect.backends.empty()) out.expect.backends = out.seen;
  if (out.expect.backends.empty())
    for (const auto& [app, share] : out.expect.shares) out.expect.backends.push_back(app);
  if (!out.seen.empty()) expect_success(out.request, out.expect);
  return out;
}

Action read_probe(Fields& in, Scope& scope) {
  ProbeStep out;
  read_sender(in, scope, out.from, out.request);
  in.part("expect", out.expect, read_expect);
  check_expect(in, out.expect, out.request, scope);
  const Value* count = in.find("count");
  const bool automatic = count != nullptr && count->is_string() && count->string() == "auto";
  if (automatic)
    out.count = 0;
  else
    bounded(in, "count", 1, kMaxRequests, out.count);
  if (in.ok() && automatic && out.expect.shares.empty())
    in.fail("count", "is auto without a distribution", "say how many requests are sent");
  if (in.ok() && out.expect.per_request && out.request.connections == 0)
    in.fail("request", "keeps no connection open",
            "granularity is seen on kept connections: connection: pooled:4");
  read_control(in, scope, out);
  return out;
}

std::vector<Action> read_cases(Fields& in, Scope& scope) {
  std::string from, url;
  std::vector<ProbeStep> cases;
  in.need("from", from).need("url", url);
  need_app(in, "from", from, scope);
  const auto target = parse_probe_target(url);
  if (in.ok() &&
      (!target.ok() || !speaks_http(target->protocol) || std::ranges::count(url, '/') != 2))
    in.fail("url", fmt::format("is \"{}\"", url), "give what all cases share: http://$apex:9091");
  const Value* list = in.find("list");
  if (in.ok() &&
      (list == nullptr || !list->is_list() || list->size() == 0 || list->size() > kMaxCases))
    in.fail("list", "is no list of cases", fmt::format("a step has 1 to {}", kMaxCases));
  in.each("list", cases, [&](Fields& f, ProbeStep& one) { read_case(f, scope, url, one); });
  std::vector<Action> out;
  for (ProbeStep& one : cases) {
    one.from = from;
    out.emplace_back(std::move(one));
  }
  return out;
}

}  // namespace weft::conform
