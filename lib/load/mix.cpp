#include "lib/load/mix.h"

#include <time.h>

#include <algorithm>
#include <iterator>
#include <numeric>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/base/version.h"
#include "lib/load/echo_channel.h"

namespace weft::load {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::uint64_t kMaxOrder = 1'000'000;
constexpr std::string_view kOthers = "(others)";

Error impossible(std::string message, std::string remedy) {
  return {ExitCode::usage, std::move(message), std::move(remedy)};
}

bool token(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !text.empty() && std::ranges::all_of(text, allowed);
}

bool one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

bool idempotent(std::string_view method) {
  for (const std::string_view safe : {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
    if (method == safe) return true;
  return false;
}

bool expects_body(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

Result<void> check(const RequestKind& kind) {
  if (!token(kind.method))
    return impossible(fmt::format("\"{}\" is not a method", kind.method), "use GET or POST");
  for (const auto& [name, value] : kind.headers) {
    if (!token(name))
      return impossible(fmt::format("\"{}\" is not a header name", name), "write -H 'Name: value'");
    if (value.constant() && !one_line(value.text()))
      return impossible(fmt::format("the value of header {} has a line break", name), "");
    for (const std::string_view framing : {"content-length", "transfer-encoding"})
      if (base::equal_ignoring_case(name, framing))
        return impossible(fmt::format("header {} cannot be set: it follows from the body", name),
                          "leave it out");
  }
  return {};
}

bool has_header(const RequestKind& kind, std::string_view name) {
  return std::ranges::any_of(kind.headers, [&](const auto& header) {
    return base::equal_ignoring_case(header.first, name);
  });
}

std::string agent() { return fmt::format("weft/{}", base::build_info().version); }

Template http1_head(const RequestKind& kind, const Plan& plan) {
  Template head = Template::literal(kind.method + " ");
  const Target& target = plan.target;
  const bool for_proxy = target.proxy && target.proxy->kind == net::Proxy::Kind::http &&
                         !target.tunnel && target.url.scheme == "http";
  if (for_proxy) head.append("http://" + target.url.authority());  // RFC 9112, 3.2.2
  head.append(kind.path).append(" HTTP/1.1\r\n");
  if (!has_header(kind, "host")) head.append(fmt::format("Host: {}\r\n", target.url.authority()));
  if (!has_header(kind, "user-agent")) head.append(fmt::format("User-Agent: {}\r\n", agent()));
  if (!has_header(kind, "accept")) head.append("Accept: */*\r\n");
  if (for_proxy && !target.proxy->user.empty())
    head.append(fmt::format("Proxy-Authorization: {}\r\n", target.proxy->basic_authorization()));
  for (const auto& [name, value] : kind.headers)
    head.append(name + ": ").append(value).append("\r\n");
  if (!plan.keepalive) head.append("Connection: close\r\n");
  return head;
}

Result<std::vector<std::pair<std::string, Template>>> http2_fields(const RequestKind& kind,
                                                                   const Plan& plan) {
  const net::Url& url = plan.target.url;
  std::vector<std::pair<std::string, Template>> fields{
      {":method", Template::literal(kind.method)},
      {":scheme", Template::literal(url.is_secure() ? "https" : "http")},
      {":authority", Template::literal(url.authority())},
      {":path", kind.path}};
  for (const auto& [given_name, value] : kind.headers) {
    const std::string name = base::lower(given_name);
    // RFC 9113, 8.2.2.
    for (const std::string_view other :
         {"connection", "keep-alive", "proxy-connection", "upgrade", "transfer-encoding"})
      if (name == other)
        return impossible(fmt::format("HTTP/2 has no header {}", given_name), "leave it out");
    if (name == "host")
      fields[2].second = value;
    else
      fields.emplace_back(name, value);
  }
  if (!has_header(kind, "user-agent"))
    fields.emplace_back("user-agent", Template::literal(agent()));
  if (!has_header(kind, "accept") && !plan.grpc)
    fields.emplace_back("accept", Template::literal("*/*"));
  return fields;
}

RequestKind kind_of(const Target& target) {
  RequestKind kind;
  kind.method = target.method;
  kind.path = Template::literal(target.url.target);
  for (const auto& [name, value] : target.headers)
    kind.headers.emplace_back(name, Template::literal(base::trim(value)));
  kind.body = Template::literal(target.body);
  return kind;
}

Result<MixKind> prepare(const RequestKind& kind, const Plan& plan) {
  WEFT_CHECK(check(kind));
  MixKind made;
  made.to_head = kind.method == "HEAD";
  made.idempotent = idempotent(kind.method);
  made.states_length = !kind.body.empty() || expects_body(kind.method);
  made.body = kind.body;
  made.constant = kind.path.constant() && kind.body.constant() &&
                  std::ranges::all_of(kind.headers,
                                      [](const auto& header) { return header.second.constant(); });
  if (plan.protocol == Protocol::tcp || plan.protocol == Protocol::udp) {
    made.bare = made.idempotent = true;
    made.states_length = false;
    if (made.body.empty()) made.body = Template::literal(kEchoPayload);
  } else if (plan.protocol == Protocol::http2) {
    if (plan.grpc) made.states_length = false;  // the messages of a call have no common length
    WEFT_TRY(fields, http2_fields(kind, plan));
    made.fields = std::move(fields);
  } else {
    made.head = http1_head(kind, plan);
  }
  return made;
}

// Each kind at the middles of equal parts of the round: as smooth as it gets.
Result<std::vector<std::uint32_t>> order_of(const std::vector<RequestKind>& kinds) {
  std::uint64_t divisor = 0;
  for (const auto& kind : kinds) divisor = std::gcd(divisor, kind.weight);
  std::uint64_t total = 0;
  for (const auto& kind : kinds) total += kind.weight / std::max<std::uint64_t>(divisor, 1);
  if (divisor == 0) return impossible("no target has a weight above 0", "give one a weight of 1");
  if (total > kMaxOrder)
    return impossible(fmt::format("the weights of the targets add up to {}", total),
                      fmt::format("use weights that add up to {} at most", kMaxOrder));
  std::vector<std::pair<double, std::uint32_t>> places;
  for (std::uint32_t i = 0; i < kinds.size(); ++i) {
    const std::uint64_t weight = kinds[i].weight / divisor;
    for (std::uint64_t turn = 0; turn < weight; ++turn)
      places.emplace_back((static_cast<double>(turn) + 0.5) / static_cast<double>(weight), i);
  }
  std::ranges::sort(places);
  std::vector<std::uint32_t> order;
  order.reserve(places.size());
  for (const auto& place : places) order.push_back(place.second);
  return order;
}

// The last group takes in whatever there is no room for.
void group_by_name(const std::vector<RequestKind>& kinds, Mix& mix) {
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    auto found = std::ranges::find(mix.groups, kinds[i].name);
    if (found == mix.groups.end()) {
      if (mix.groups.size() < Mix::kMaxGroups)
        mix.groups.push_back(kinds[i].name);
      else
        mix.groups.back() = kOthers;
      found = std::prev(mix.groups.end());
    }
    mix.kinds[i].group = static_cast<std::uint32_t>(found - mix.groups.begin());
  }
}

std::uint64_t wall_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace

Result<Mix> make_mix(const Plan& plan) {
  const std::vector<RequestKind> only{kind_of(plan.target)};
  const std::vector<RequestKind>& kinds = plan.kinds.empty() ? only : plan.kinds;
  Mix mix;
  for (const RequestKind& kind : kinds) {
    WEFT_TRY(made, prepare(kind, plan));
    mix.kinds.push_back(std::move(made));
  }
  WEFT_TRY(order, order_of(kinds));
  mix.order = std::move(order);
  group_by_name(kinds, mix);
  return mix;
}

Composer::Composer(const Mix& mix, const Share& share)
    : mix_(mix), workers_(share.workers), constants_(mix.kinds.size()) {
  draw_.number = share.worker;
  draw_.random = Random(share.seed + 0x9e3779b97f4a7c15 * (share.worker + 1));
  for (std::size_t i = 0; i < mix.kinds.size(); ++i)
    if (mix.kinds[i].constant) compose(mix.kinds[i], constants_[i]);
  if (mix.kinds.size() > 1 || !mix.kinds[0].constant) slots_.resize(share.slots);
}

void Composer::compose(std::uint32_t slot) {
  Composed& composed = slots_[slot];
  composed.kind = mix_.order[draw_.number % mix_.order.size()];
  const MixKind& kind = mix_.kinds[composed.kind];
  if (kind.constant) {
    composed.message = constants_[composed.kind].message;
  } else {
    draw_.time_ns = wall_ns();
    compose(kind, composed);
  }
  draw_.number += workers_;
}

void Composer::compose(const MixKind& kind, Composed& into) {
  into.message.to_head = kind.to_head;
  body_.clear();
  kind.body.append_to(body_, draw_);
  if (!kind.fields.empty()) {
    into.http2.fields.clear();
    for (const auto& [name, value] : kind.fields) {
      into.http2.fields.emplace_back(name, "");
      value.append_to(into.http2.fields.back().second, draw_);
    }
    if (!body_.empty() && kind.states_length)
      into.http2.fields.emplace_back("content-length", fmt::format("{}", body_.size()));
    into.http2.body = body_;
    into.message.http2 = &into.http2;
    return;
  }
  into.bytes.clear();
  kind.head.append_to(into.bytes, draw_);
  if (kind.states_length) into.bytes += fmt::format("Content-Length: {}\r\n", body_.size());
  if (!kind.bare) into.bytes += "\r\n";
  into.bytes += body_;
  into.message.bytes = into.bytes;
}

}  // namespace weft::load
