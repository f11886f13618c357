#include "lib/conform/service_calls.h"

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/stop.h"
#include "lib/conform/client.h"
#include "lib/conform/istio_client.h"
#include "lib/conform/websocket.h"

namespace weft::conform {
namespace {

// The service's word for an outcome of a prober (serve::call_outcomes).
std::string_view outcome_of(const Answer& answer) {
  const std::string& outcome = answer.outcome;
  if (outcome == "ok" || outcome.starts_with("http:") || outcome.starts_with("grpc:"))
    return "answered";
  if (outcome.starts_with("tls")) return "tls";
  if (outcome == "eof") return "closed";
  for (const serve::CallOutcome& row : serve::call_outcomes())
    if (row.name == outcome) return row.name;
  return "protocol";
}

serve::CallResult result_of(Answer answer, base::Nanoseconds total, const net::Url& url) {
  serve::CallResult out;
  out.outcome = outcome_of(answer);
  if (answer.outcome.starts_with("grpc:"))
    out.grpc_status = static_cast<int>(base::parse_uint(answer.outcome.substr(5)).value_or(2));
  out.error = std::move(answer.error);
  out.status = answer.status;
  out.headers = std::move(answer.headers);
  out.body = std::move(answer.body);
  out.body_cut = out.body.size() > serve::kMaxCallBody;
  if (out.body_cut) out.body.resize(serve::kMaxCallBody);
  out.peer = url.authority();
  out.dns = answer.steps.dns;
  out.connect = answer.steps.connect;
  out.tls = answer.steps.tls;
  out.ttfb = answer.steps.first_byte;
  out.total = total;
  return out;
}

}  // namespace

std::vector<serve::CallResult> call_for_service(const serve::CallPlan& plan) {
  RequestSpec request;
  request.url = plan.other_url.empty() ? plan.url.text() : plan.other_url;
  request.method = plan.method;
  request.body = plan.body;
  request.timeout = plan.timeout;
  for (const auto& [name, value] : plan.headers) request.headers.emplace(name, value);
  const bool websocket = request.url.starts_with("ws:");
  std::vector<serve::CallResult> out;
  Client client(plan.one_connection);
  while (out.size() < plan.count) {
    const auto began = base::system_clock().monotonic();
    Answer answer = websocket ? send_websocket(plan.url, request, "") : client.send(request, "");
    out.push_back(result_of(std::move(answer), base::system_clock().monotonic() - began, plan.url));
  }
  return out;
}

base::Result<std::vector<std::string>> forward_for_service(const serve::ForwardRequest& request) {
  static const base::StopFlag never;
  IstioCall call;
  call.url = request.url;
  call.method = request.method;
  call.headers = request.headers;
  call.message = request.message;
  call.expect = request.expect;
  call.count = request.count;
  call.qps = request.qps;
  call.timeout = request.timeout;
  call.http2 = request.http2;
  call.new_connections = request.new_connections;
  call.follow_redirects = request.follow_redirects;
  call.server_first = request.server_first;
  call.certificate = request.certificate;
  call.key = request.key;
  call.tls.verify = !request.ca.empty() && !request.skip_verify;
  call.tls.ca = request.ca;
  call.tls.protocols = request.alpn;
  call.tls.server_name = request.server_name;
  return call_as_istio(call, never);
}

}  // namespace weft::conform
