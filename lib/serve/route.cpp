#include "lib/serve/route.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/serve/asked.h"
#include "lib/serve/call.h"
#include "lib/serve/echo.h"
#include "lib/serve/echo_basic.h"
#include "lib/serve/fault.h"
#include "lib/serve/go_text.h"
#include "lib/serve/istio_echo.h"
#include "lib/serve/json_text.h"
#include "lib/serve/learn_layer5.h"
#include "lib/serve/websocket.h"

namespace weft::serve {
namespace {

constexpr std::string_view kJson = "application/json";

bool below(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

void refuse(Reply& reply, int status, std::string_view reason, std::string_view parameter = {}) {
  reply.status = status;
  reply.type = kJson;
  reply.body = error_json(reason, parameter);
  reply.call = nullptr;
}

void answer_status(Reply& reply, std::string_view path) {
  const auto code = base::parse_uint(path.substr(std::min(path.size(), sizeof("/status"))));
  if (!code || *code < 200 || *code > 599)
    return refuse(reply, 400, "give a status from 200 to 599, as in /status/503", "status");
  reply.status = static_cast<int>(*code);
  append_number(reply.body, *code);
  reply.body += ' ';
  reply.body += status_reason(reply.status);
  reply.body += '\n';
}

void answer_health(Reply& reply, std::string_view path, const Shared& shared) {
  const bool ready = !shared.draining.load(std::memory_order_relaxed);
  const bool asks_live = path == "/health/live";
  if (!asks_live && path != "/health" && path != "/health/ready")
    return refuse(reply, 404, "health is told by /health, /health/live and /health/ready");
  reply.status = ready || asks_live ? 200 : 503;
  reply.body = reply.status == 200 ? "ok\n" : "draining\n";
}

// Text for Prometheus, JSON for whoever prefers it and does not ask for text.
void answer_metrics(Reply& reply, const net::RequestHead& head, const Shared& shared) {
  const net::HeaderField* accept = head.find("accept");
  const bool json = accept != nullptr &&
                    accept->value.find("application/json") != std::string::npos &&
                    accept->value.find("text/") == std::string::npos;
  const bool ready = !shared.draining.load(std::memory_order_relaxed);
  reply.type = json ? kJson : "text/plain; version=0.0.4; charset=utf-8";
  append_field(reply.fields, "Vary", "Accept");
  reply.body = (json ? render_metrics_json : render_metrics)(shared.metrics, process_usage(),
                                                             shared.started, ready);
}

void answer_call(Reply& reply, const Request& request, const Target& target, const Shared& shared) {
  auto plan = std::make_shared<CallPlan>();
  if (const auto problem = read_call(request, target.query, *plan))
    return refuse(reply, 400, problem->reason, problem->parameter);
  if (needs_caller(*plan) && !shared.options.caller)
    return refuse(reply, 400, "only HTTP/1.1 in plain text is spoken here", "url");
  reply.type = kJson;
  reply.call = std::move(plan);
  reply.after_call = [](const CallPlan& made, std::vector<CallResult> results, Shared&,
                        Reply& answer) -> std::shared_ptr<const CallPlan> {
    answer.body = call_json(made, results);
    return nullptr;
  };
}

// What every dialect grants, before its own answer; false when the answer is complete.
bool grant(const Request& request, const Target& target, Shared& shared, Reply& reply) {
  set_echo_header(request.head, reply);
  if (is_retry(target.path) && fail_retry(target.query, shared, reply)) return false;
  const std::string problem = set_headers(target.query, reply);
  if (!problem.empty()) refuse(reply, 400, problem, "headers");
  return problem.empty();
}

// And after it.
void grant_code(const Target& target, Random& random, Reply& reply) {
  const std::string problem = set_code(target.query, random, reply);
  if (!problem.empty()) refuse(reply, 400, problem, "codes");
}

void answer_plainly(Reply& reply, const Request& request, const Target& target, Shared& shared) {
  if (is_retry(target.path)) {
    reply.type = kJson;
    reply.body = echo_json(request, target, shared);
    return;
  }
  switch (reply.path) {
    case PathClass::root:
      reply.body = kRootText;
      break;
    case PathClass::echo:
      reply.type = kJson;
      reply.body = echo_json(request, target, shared);
      break;
    case PathClass::status:
      answer_status(reply, target.path);
      break;
    case PathClass::health:
      answer_health(reply, target.path, shared);
      break;
    case PathClass::metrics:
      answer_metrics(reply, request.head, shared);
      break;
    case PathClass::call:
      answer_call(reply, request, target, shared);
      break;
    case PathClass::websocket:
      answer_websocket(request, shared, reply);
      break;
    case PathClass::grpc:
    case PathClass::other:
      refuse(reply, 404, "try /, /echo, /call, /status/NNN, /health, /metrics or /ws");
      break;
  }
}

// What Go's server answers before an application of it sees the request; false: nothing.
bool answer_as_go_server(const net::RequestHead& head, const Target& target, Reply& reply) {
  if (has_bad_escape(target.path)) {
    reply.status = 400;
    reply.body = "400 Bad Request";
    reply.keep_alive = false;
    return true;
  }
  if (head.target != "*" || head.method != "OPTIONS") return false;
  reply.type = "";
  return true;
}

void answer_in_dialect(Reply& reply, const Request& request, const Target& target, Shared& shared,
                       Random& random) {
  switch (shared.options.dialect) {
    case Dialect::weft:
      if (!grant(request, target, shared, reply)) return;
      answer_plainly(reply, request, target, shared);
      return grant_code(target, random, reply);
    case Dialect::learn_layer5:
      if (!grant(request, target, shared, reply)) return;
      answer_learn_layer5(request, target, shared, reply);
      return grant_code(target, random, reply);
    case Dialect::echo_basic:
      return answer_echo_basic(request, target, shared, reply);
    case Dialect::istio:
      return answer_istio(request, target, shared, random, reply);
  }
}

// The faults of the service, but for what tells its state, then those of the query, then those
// of the header: the later replaces the earlier of its kind.
std::optional<FaultProblem> wanted_faults(const net::RequestHead& head, std::string_view query,
                                          PathClass path, const Shared& shared, Faults& faults) {
  if (path != PathClass::health && path != PathClass::metrics) faults = shared.faults;
  if (auto problem = read_faults(query, FaultSource::query, faults)) return problem;
  for (const net::HeaderField& field : head.fields())
    if (base::equal_ignoring_case(field.name, "x-weft-fault"))
      if (auto problem = read_faults(field.value, FaultSource::header, faults)) return problem;
  return std::nullopt;
}

std::optional<FaultProblem> apply_faults(const Faults& faults, const std::string& nonce,
                                         NonceCounter& nonces, Random& random, Reply& reply) {
  const FaultDraw draw = draw_faults(faults, random);
  reply.delay += draw.delay;
  if (draw.abort != Abort::none) reply.abort = draw.abort;
  reply.hang = draw.hang;
  reply.rate = draw.rate;
  reply.trailers = draw.trailers;
  reply.filler = draw.size;
  if (draw.status) reply.status = *draw.status;
  if (faults.status_sequence.empty()) return std::nullopt;
  if (nonce.empty())
    return FaultProblem{"status-sequence",
                        "give a nonce of 1 to 128 bytes in x-weft-nonce or ?nonce=, the same for "
                        "all attempts"};
  const auto step = std::min<std::uint64_t>(nonces.count(nonce), faults.status_sequence.size() - 1);
  reply.status = faults.status_sequence[static_cast<std::size_t>(step)];
  return std::nullopt;
}

Reply answer_journal(const Request& request, const Target& target, const Shared& shared) {
  Reply reply;
  reply.path = PathClass::other;
  reply.head_only = request.head.method == "HEAD";
  reply.old_client = request.head.minor_version == 0;
  const auto since = query_value(target.query, "since");
  const auto number = since ? base::parse_uint(*since) : 0;
  if (target.path != "/journal") {
    refuse(reply, 404, "only /journal?since=SEQ&nonce=PREFIX is answered here");
  } else if (!number) {
    refuse(reply, 400, "give the number of a record", "since");
  } else {
    reply.type = "application/x-ndjson";
    reply.body = shared.journal.lines(*number, query_value(target.query, "nonce").value_or(""));
  }
  return reply;
}

}  // namespace

base::Nanoseconds stalled_for(const Shared& shared) {
  const base::Nanoseconds period = shared.options.stall_period;
  if (period.count() <= 0) return base::Nanoseconds(0);
  const base::Nanoseconds left = period - (shared.clock.monotonic() - shared.first_period) % period;
  return left <= shared.options.stall_length ? left : base::Nanoseconds(0);
}

PathClass path_class(std::string_view path) {
  if (path == "/") return PathClass::root;
  if (below(path, "/echo")) return PathClass::echo;
  if (path == "/call") return PathClass::call;
  if (below(path, "/status")) return PathClass::status;
  if (below(path, "/health")) return PathClass::health;
  if (path == "/metrics") return PathClass::metrics;
  if (path == kWebSocketPath) return PathClass::websocket;
  return PathClass::other;
}

bool keeps_body(const Shared& shared, std::string_view path) {
  switch (shared.options.dialect) {
    case Dialect::weft:
      return path_class(path) == PathClass::call;
    case Dialect::learn_layer5:
      return learn_layer5_keeps_body(path);
    case Dialect::echo_basic:
    case Dialect::istio:
      break;
  }
  return false;
}

Reply answer(const Request& request, Shared& shared, Random& random) {
  const Target target = split_target(request.head.target);
  if (request.port->protocol == Protocol::journal) return answer_journal(request, target, shared);
  const bool native = shared.options.dialect == Dialect::weft;
  Reply reply;
  reply.path = native ? path_class(target.path) : PathClass::other;
  reply.head_only = request.head.method == "HEAD";
  reply.old_client = request.head.major_version == 1 && request.head.minor_version == 0;
  reply.old_answer = !native && reply.old_client;
  const std::string nonce = request_nonce(request.head, target.query);
  if (const auto* field = request.head.find("x-weft-nonce")) {
    reply.fields += "x-weft-nonce: ";
    reply.fields += field->value;
    reply.fields += "\r\n";
  }
  const bool tells_state = reply.path == PathClass::health || reply.path == PathClass::metrics;
  if (!shared.options.journal_socket.empty() && !tells_state)
    shared.journal.add(request.head, nonce, peer_text(request.socket), shared.clock.wall());
  Faults faults;
  const std::string_view query = native ? target.query : std::string_view();
  if (const auto problem = wanted_faults(request.head, query, reply.path, shared, faults)) {
    refuse(reply, 400, problem->reason, problem->parameter);
    return reply;
  }
  if (native || !answer_as_go_server(request.head, target, reply))
    answer_in_dialect(reply, request, target, shared, random);
  if (const auto problem = apply_faults(faults, nonce, shared.nonces, random, reply))
    refuse(reply, 400, problem->reason, problem->parameter);
  reply.delay += stalled_for(shared);
  return reply;
}

}  // namespace weft::serve
