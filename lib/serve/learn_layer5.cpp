#include "lib/serve/learn_layer5.h"

#include <algorithm>
#include <array>
#include <map>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/serve/call.h"
#include "lib/serve/go_text.h"
#include "lib/serve/shared.h"

namespace weft::serve {
namespace {

using doc::Value;

constexpr unsigned kMaxRedirects = 10;
// The original waits for ever; drains end sooner.
constexpr base::Nanoseconds kPatience = std::chrono::minutes(10);

// What frames the request is ours to say.
constexpr std::array<std::string_view, 4> kFraming = {"Connection", "Content-Length",
                                                      "Transfer-Encoding", "Trailer"};

void push(std::deque<std::string>& list, std::string item) {
  list.push_back(std::move(item));
  if (list.size() > CallLog::kRemembered) list.pop_front();
}

std::string json_list(const std::deque<std::string>& items) {
  std::string out = "[";
  for (const std::string& item : items) {
    if (out.size() > 1) out += ',';
    out += item;
  }
  return out + "]";
}

bool has_sending_method(const std::string& method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

const Value* text_member(const Value& map, std::string_view name) {
  const Value* value = map.find(name);
  return value != nullptr && value->is_string() ? value : nullptr;
}

// Nothing, or what the plan lacks.
std::string read_plan(std::string_view body, const Identity& identity, CallPlan& plan) {
  const auto document = doc::read_json(doc::Source("body", std::string(body)));
  if (!document.ok() || !document->root.is_map()) return "the body is no JSON object";
  const Value& root = document->root;
  for (const char* name : {"url", "method", "body"})
    if (text_member(root, name) == nullptr) return fmt::format("\"{}\" is no text", name);
  plan.method = std::string(text_member(root, "method")->string());
  if (plan.method.empty()) plan.method = "GET";
  if (has_sending_method(plan.method)) plan.body = std::string(text_member(root, "body")->string());
  if (const Value* headers = root.find("headers"); headers != nullptr && headers->is_map())
    for (const doc::Member& member : headers->members())
      for (const Value& value :
           member.value.is_list() ? member.value.items() : Value::List{member.value})
        if (value.is_string())
          plan.headers.emplace_back(canonical_name(member.key), std::string(value.string()));
  plan.headers.emplace_back("Servicename", identity.service.empty() ? "Default" : identity.service);
  plan.timeout = kPatience;
  plan.target_text = std::string(text_member(root, "url")->string());
  const bool broken = std::ranges::any_of(plan.headers, [](const auto& field) {
    return !is_field_name(field.first) || field.second.find_first_of("\r\n") != std::string::npos;
  });
  if (broken || !is_field_name(plan.method)) return "the method or a header cannot be sent";
  std::erase_if(plan.headers,
                [](const auto& field) { return std::ranges::count(kFraming, field.first) > 0; });
  auto url = net::parse_url(plan.target_text);
  if (!url.ok()) return url.error().message;
  if (url->scheme != "http") return "only http:// is called";
  plan.url = *std::move(url);
  return "";
}

void fail(Reply& reply, std::string_view reason) {
  reply.status = 500;
  reply.type = kGoText;
  reply.body = std::string(reason) + "\n";
}

std::string_view field_of(const CallResult& result, std::string_view name) {
  const auto found = std::ranges::find(result.headers, name, &HeaderList::value_type::first);
  return found == result.headers.end() ? std::string_view() : found->second;
}

// The call that a redirect asks for; null when the answer asks for none that can be made.
std::shared_ptr<const CallPlan> redirected(const CallPlan& plan, const CallResult& result) {
  const bool keeps_method = result.status == 307 || result.status == 308;
  const bool redirects =
      keeps_method || result.status == 301 || result.status == 302 || result.status == 303;
  std::string location(field_of(result, "location"));
  if (!redirects || location.empty() || plan.redirects == kMaxRedirects) return nullptr;
  if (location.starts_with('/')) location = "http://" + plan.url.authority() + location;
  auto url = net::parse_url(location);
  if (!url.ok() || url->scheme != "http") return nullptr;
  auto next = std::make_shared<CallPlan>(plan);
  next->url = *std::move(url);
  next->redirects = plan.redirects + 1;
  if (!keeps_method && plan.method != "HEAD") {
    next->method = "GET";
    next->body.clear();
  }
  return next;
}

std::shared_ptr<const CallPlan> after_call(const CallPlan& plan, std::vector<CallResult> results,
                                           Shared& shared, Reply& reply) {
  CallResult& result = results.front();
  if (auto next = redirected(plan, result)) return next;
  const bool answered = result.outcome == "answered";
  const bool strict = shared.options.strict;
  if (answered || strict)
    shared.calls.add_call(plan, answered && result.status >= 200 && result.status < 400);
  if (!answered) {
    fail(reply, fmt::format("{}: {}", result.outcome, result.error));
    return nullptr;
  }
  if (strict) reply.status = result.status;
  reply.type = result.body.empty() ? "" : kGoText;
  reply.body = std::move(result.body);
  return nullptr;
}

void answer_call(const Request& request, Shared& shared, Reply& reply) {
  if (request.head.method != "POST" || request.body.empty()) {
    reply.type = "";
    return;
  }
  auto plan = std::make_shared<CallPlan>();
  const std::string problem = read_plan(request.body, shared.options.identity, *plan);
  if (problem.empty()) {
    reply.call = std::move(plan);
    reply.after_call = after_call;
  } else if (shared.options.strict) {
    fail(reply, problem);
    reply.status = 400;
  } else if (plan->target_text.empty()) {
    reply.abort = Abort::eof;
  } else {
    fail(reply, problem);
  }
}

// As Go writes a request again: what its framing needs first, then the rest by name.
void answer_echo(const Request& request, Reply& reply) {
  const net::RequestHead& head = request.head;
  GoHeader fields = go_header(head);
  std::string& out = reply.body;
  out = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", head.method, head.target, head.host);
  const auto agent = fields.find("User-Agent");
  const std::string name = agent == fields.end() ? "Go-http-client/1.1" : agent->second.front();
  if (!name.empty()) out += fmt::format("User-Agent: {}\r\n", name);
  if (head.major_version == 1 && !head.keep_alive && !fields.contains("Connection"))
    out += "Connection: close\r\n";
  if (head.chunked)
    out += "Transfer-Encoding: chunked\r\n";
  else if (!request.body.empty() || has_sending_method(std::string(head.method)))
    out += fmt::format("Content-Length: {}\r\n", request.body.size());
  for (const auto& [key, values] : fields)
    if (key != "User-Agent" && key != "Content-Length")
      for (const std::string& value : values) out += fmt::format("{}: {}\r\n", key, value);
  out += "\r\n";
  if (head.chunked && !request.body.empty())
    out += fmt::format("{:x}\r\n{}\r\n", request.body.size(), request.body);
  else
    out += request.body;
  if (head.chunked) out += "0\r\n\r\n";
}

void answer_metrics(const Request& request, Shared& shared, Reply& reply) {
  if (request.head.method == "GET") {
    reply.type = kGoText;
    reply.body = shared.calls.json();
    return;
  }
  reply.type = "";
  if (request.head.method == "DELETE")
    shared.calls.clear();
  else
    reply.status = 400;
}

}  // namespace

void CallLog::add_received(std::string service) {
  std::string json;
  append_go_json(json, service);
  const std::lock_guard lock(mutex_);
  push(received_, std::move(json));
}

void CallLog::add_call(const CallPlan& plan, bool succeeded) {
  std::map<std::string, std::vector<std::string>> headers;
  for (const auto& [name, value] : plan.headers) headers[name].push_back(value);
  std::string json = "{\"URL\":";
  append_go_json(json, plan.target_text);
  json += ",\"Method\":";
  append_go_json(json, plan.method);
  json += ",\"Headers\":{";
  for (const auto& [name, values] : headers) {
    if (json.back() != '{') json += ',';
    append_go_json(json, name);
    json += ":[";
    for (const std::string& value : values) {
      if (json.back() != '[') json += ',';
      append_go_json(json, value);
    }
    json += ']';
  }
  json += "}}";
  const std::lock_guard lock(mutex_);
  push(succeeded ? succeeded_ : failed_, std::move(json));
}

void CallLog::clear() {
  const std::lock_guard lock(mutex_);
  received_.clear();
  succeeded_.clear();
  failed_.clear();
}

std::string CallLog::json() const {
  const std::lock_guard lock(mutex_);
  return fmt::format("{{\"ReqReceived\":{},\"RespSucceeded\":{},\"RespFailed\":{}}}",
                     json_list(received_), json_list(succeeded_), json_list(failed_));
}

bool learn_layer5_keeps_body(std::string_view path) { return path == "/call" || path == "/echo"; }

void answer_learn_layer5(const Request& request, const Target& target, Shared& shared,
                         Reply& reply) {
  reply.type = kGoText;
  if (target.path == "/call" || target.path == "/echo") {
    const auto* caller = request.head.find("servicename");
    const bool named = caller != nullptr && !caller->value.empty();
    shared.calls.add_received(named ? std::string(caller->value) : "Unidentified");
  }
  if (target.path == "/call") return answer_call(request, shared, reply);
  if (target.path == "/echo") return answer_echo(request, reply);
  if (target.path == "/metrics") return answer_metrics(request, shared, reply);
  reply.status = 404;
  append_field(reply.fields, "X-Content-Type-Options", "nosniff");
  reply.body = "404 page not found\n";
}

}  // namespace weft::serve
