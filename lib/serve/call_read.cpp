// Reading what /call shall do.
#include <algorithm>
#include <array>
#include <span>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/base/version.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"
#include "lib/serve/call.h"

namespace weft::serve {
namespace {

using Problem = std::optional<CallProblem>;

// W3C trace context and baggage, Zipkin's b3, and the request id of proxies.
constexpr std::array<std::string_view, 5> kPassedOn = {"traceparent", "tracestate", "baggage", "b3",
                                                       "x-request-id"};
// What frames the request is ours to say.
constexpr std::array<std::string_view, 6> kOwnHeaders = {
    "connection", "content-length", "transfer-encoding", "expect", "upgrade", "te"};

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::ranges::none_of(
      text, [](char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7f; });
}

// Protocols of a call, and the scheme of HTTP that finds host, port and path in their URLs.
struct SchemeRow {
  std::string_view name, as;
};
constexpr std::array<SchemeRow, 9> kSchemes = {{{"https", "https"},
                                                {"h2c", "http"},
                                                {"h2", "https"},
                                                {"grpc", "http"},
                                                {"grpcs", "https"},
                                                {"tcp", "http"},
                                                {"tls", "https"},
                                                {"udp", "http"},
                                                {"ws", "http"}}};

Problem read_url(std::string_view text, CallPlan& plan) {
  const auto mark = std::min(text.find("://"), text.size());
  const auto row = std::ranges::find(kSchemes, text.substr(0, mark), &SchemeRow::name);
  const bool other = row != kSchemes.end();
  auto url = net::parse_url(other ? std::string(row->as) + std::string(text.substr(mark))
                                  : std::string(text));
  if (!url) return CallProblem{"url", url.error().message + ": " + url.error().remedy};
  plan.url = std::move(*url);
  plan.other_url = other ? std::string(text) : "";
  return {};
}

// "h2c" with http://, and the like: the scheme that says so.
Problem read_protocol(std::string_view text, CallPlan& plan) {
  if (text == "http1" || text == "http") return {};
  const auto row = std::ranges::find(kSchemes, text, &SchemeRow::name);
  if (row == kSchemes.end() || plan.url.host.empty())
    return CallProblem{"protocol", "give http1, h2c, h2, grpc, grpcs, tcp, tls, udp or ws"};
  const std::string given = plan.other_url.empty() ? plan.url.text() : plan.other_url;
  return read_url(std::string(text) + given.substr(given.find("://")), plan);
}

Problem read_connection(std::string_view text, CallPlan& plan) {
  if (text != "single" && text != "perRequest")
    return CallProblem{"connection", "give perRequest or single"};
  plan.one_connection = text == "single";
  return {};
}

Problem read_method(std::string_view text, CallPlan& plan) {
  if (!is_token(text) || text.size() > 32 || text == "CONNECT")
    return CallProblem{"method", "give a method such as GET or POST"};
  plan.method = text;
  return {};
}

Problem read_timeout(std::string_view text, CallPlan& plan) {
  const auto timeout = base::parse_duration(text);
  if (!timeout || timeout->count() <= 0 || *timeout > std::chrono::hours(1))
    return CallProblem{"timeout", "give a duration such as 500ms or 10s, at most 1h"};
  plan.timeout = *timeout;
  return {};
}

Problem read_count(std::optional<std::uint64_t> count, CallPlan& plan) {
  if (!count || *count < 1 || *count > kMaxCallCount)
    return CallProblem{"count", fmt::format("give a number from 1 to {}", kMaxCallCount)};
  plan.count = static_cast<unsigned>(*count);
  return {};
}

Problem read_nonce(std::string_view text, CallPlan& plan) {
  if (text.empty() || text.size() > kMaxNonce || !is_field_value(text))
    return CallProblem{"nonce", "give 1 to 128 printable characters"};
  plan.headers.emplace_back("x-weft-nonce", text);
  return {};
}

Problem read_headers(const doc::Value& value, CallPlan& plan) {
  CallProblem expected{"headers", "give an object of strings"};
  if (!value.is_map()) return expected;
  for (const doc::Member& member : value.members()) {
    if (!member.value.is_string()) return expected;
    const bool own = std::ranges::count(kOwnHeaders, base::lower(member.key)) > 0;
    if (own || !is_token(member.key) || !is_field_value(member.value.string()))
      return CallProblem{"headers", fmt::format("\"{}\" cannot be set", member.key)};
    plan.headers.emplace_back(member.key, member.value.string());
  }
  return {};
}

Problem read_plan(const doc::Value& value, unsigned depth, CallPlan& plan);

Problem read_next(const doc::Value& value, unsigned depth, CallPlan& plan) {
  CallPlan next;  // read here only to refuse now what the callee would refuse later
  if (depth == kMaxCallDepth)
    return CallProblem{"next", fmt::format("a chain has at most {} calls", kMaxCallDepth)};
  if (auto problem = read_plan(value, depth + 1, next)) {
    problem->parameter = problem->parameter.empty() ? "next" : "next." + problem->parameter;
    return problem;
  }
  plan.chained = true;
  plan.method = "POST";
  plan.body = doc::write_json(value, 0);
  plan.headers.emplace_back("content-type", "application/json");
  return {};
}

Problem read_member(const doc::Member& member, unsigned depth, CallPlan& plan) {
  const doc::Text& key = member.key;
  const doc::Value& value = member.value;
  if (key == "headers") return read_headers(value, plan);
  if (key == "next") return read_next(value, depth, plan);
  if (key == "count") {
    const bool usable = value.is_int() && value.integer() > 0;
    return read_count(usable ? std::optional<std::uint64_t>(value.integer()) : std::nullopt, plan);
  }
  const bool known =
      std::ranges::count(std::array<std::string_view, 7>{"url", "protocol", "method", "body",
                                                         "timeout", "connection", "nonce"},
                         key.view()) > 0;
  if (!known)
    return CallProblem{key,
                       "no such member; there are url, protocol, method, headers, body, timeout, "
                       "count, connection, "
                       "nonce and next"};
  if (!value.is_string()) return CallProblem{key, "give a string"};
  if (key == "url" || key == "protocol") return {};  // read before
  if (key == "connection") return read_connection(value.string(), plan);
  if (key == "method") return read_method(value.string(), plan);
  if (key == "timeout") return read_timeout(value.string(), plan);
  if (key == "nonce") return read_nonce(value.string(), plan);
  plan.body = value.string();
  return {};
}

Problem read_plan(const doc::Value& value, unsigned depth, CallPlan& plan) {
  if (!value.is_map()) return CallProblem{"", "give a JSON object with a url"};
  if (value.find("url") == nullptr) return CallProblem{"url", "is missing"};
  if (value.find("next") != nullptr)
    for (const char* key : {"method", "body"})
      if (value.find(key) != nullptr)
        return CallProblem{key, "the next call is sent by POST as the body; leave this out"};
  for (const doc::Member& member : value.members())
    if (auto problem = read_member(member, depth, plan)) return problem;
  if (auto problem = read_url(value.find("url")->string(), plan)) return problem;
  const doc::Value* protocol = value.find("protocol");
  return protocol == nullptr ? Problem() : read_protocol(protocol->string(), plan);
}

Problem read_query(std::string_view query, CallPlan& plan) {
  const auto url = query_value(query, "url");
  if (!url) return CallProblem{"url", "is missing: /call?url=http://HOST:PORT/PATH"};
  if (auto problem = read_url(*url, plan)) return problem;
  if (const auto protocol = query_value(query, "protocol"))
    if (auto problem = read_protocol(*protocol, plan)) return problem;
  if (const auto connection = query_value(query, "connection"))
    if (auto problem = read_connection(*connection, plan)) return problem;
  if (const auto method = query_value(query, "method"))
    if (auto problem = read_method(*method, plan)) return problem;
  if (const auto timeout = query_value(query, "timeout"))
    if (auto problem = read_timeout(*timeout, plan)) return problem;
  if (const auto count = query_value(query, "count"))
    if (auto problem = read_count(base::parse_uint(*count), plan)) return problem;
  if (const auto nonce = query_value(query, "nonce"))
    if (auto problem = read_nonce(*nonce, plan)) return problem;
  plan.body = query_value(query, "body").value_or("");
  return {};
}

bool has_header(std::span<const HeaderList::value_type> headers, std::string_view name) {
  return std::ranges::any_of(
      headers, [&](const auto& header) { return base::equal_ignoring_case(header.first, name); });
}

void pass_on(const net::RequestHead& head, CallPlan& plan) {
  const std::size_t given = plan.headers.size();
  for (const net::HeaderField& field : head.fields()) {
    const std::string name = base::lower(field.name);
    const bool wanted = std::ranges::count(kPassedOn, name) > 0 || name.starts_with("x-b3-") ||
                        name == "x-weft-nonce";
    const auto own = std::span(plan.headers).first(given);
    if (wanted && !has_header(own, name)) plan.headers.emplace_back(name, field.value);
  }
}

}  // namespace

Problem read_call(const Request& request, std::string_view query, CallPlan& plan) {
  if (request.head.method == "POST") {
    const auto document = doc::read_json(doc::Source{"body", std::string(request.body)},
                                         {.depth = 64, .nodes = 10'000});
    if (!document)
      return CallProblem{"body",
                         fmt::format("{} (line {}, column {})", document.error().message,
                                     document.error().where.line, document.error().where.column)};
    if (auto problem = read_plan(document->root, 1, plan)) return problem;
  } else if (auto problem = read_query(query, plan)) {
    return problem;
  }
  pass_on(request.head, plan);
  return {};
}

bool needs_caller(const CallPlan& plan) { return !plan.other_url.empty() || plan.one_connection; }

std::string call_text(const CallPlan& plan) {
  std::string out = fmt::format("{} {} HTTP/1.1\r\n", plan.method, plan.url.target);
  const auto add = [&](std::string_view name, std::string_view value) {
    out += fmt::format("{}: {}\r\n", name, value);
  };
  if (!has_header(plan.headers, "host")) add("Host", plan.url.authority());
  if (!has_header(plan.headers, "user-agent"))
    add("User-Agent", fmt::format("weft/{}", base::build_info().version));
  if (!has_header(plan.headers, "accept")) add("Accept", "*/*");
  for (const auto& [name, value] : plan.headers) add(name, value);
  if (!plan.body.empty() || plan.method == "POST" || plan.method == "PUT")
    add("Content-Length", fmt::format("{}", plan.body.size()));
  if (!plan.keep) add("Connection", "close");
  return out + "\r\n" + plan.body;
}

}  // namespace weft::serve
