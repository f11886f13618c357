#include "lib/serve/route.h"

#include "lib/base/number.h"
#include "lib/serve/echo.h"
#include "lib/serve/json_text.h"

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

void answer_metrics(Reply& reply, const Shared& shared) {
  reply.type = "text/plain; version=0.0.4; charset=utf-8";
  reply.body = render_metrics(shared.metrics, process_usage(), shared.started,
                              !shared.draining.load(std::memory_order_relaxed));
}

}  // namespace

Target split_target(std::string_view target) {
  if (!target.starts_with('/')) {  // absolute form, as proxies get it
    const auto authority = target.find("://");
    if (authority != std::string_view::npos) {
      const auto path = target.find_first_of("/?", authority + 3);
      target = path == std::string_view::npos ? "/" : target.substr(path);
    }
  }
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return {target, {}};
  return {mark == 0 ? "/" : target.substr(0, mark), target.substr(mark + 1)};
}

PathClass path_class(std::string_view path) {
  if (path == "/") return PathClass::root;
  if (below(path, "/echo")) return PathClass::echo;
  if (path == "/call") return PathClass::call;
  if (below(path, "/status")) return PathClass::status;
  if (below(path, "/health")) return PathClass::health;
  if (path == "/metrics") return PathClass::metrics;
  return PathClass::other;
}

bool keeps_body(PathClass path) { return path == PathClass::call; }

Reply answer(const Request& request, Shared& shared) {
  const Target target = split_target(request.head.target);
  Reply reply;
  reply.path = path_class(target.path);
  reply.head_only = request.head.method == "HEAD";
  reply.old_client = request.head.minor_version == 0;
  if (const auto* nonce = request.head.find(kNonceField)) {
    reply.fields += "x-weft-nonce: ";
    reply.fields += nonce->value;
    reply.fields += "\r\n";
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
      answer_metrics(reply, shared);
      break;
    case PathClass::call:
    case PathClass::other:
      refuse(reply, 404, "try /, /echo, /call, /status/NNN, /health or /metrics");
      break;
  }
  return reply;
}

}  // namespace weft::serve
