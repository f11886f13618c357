// Rates, shares of traffic, and what a mesh derives from several settings at once.
#include <algorithm>
#include <cmath>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/compile/encodings.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace weft::compile {
namespace {

using doc::Value;
using Encoded = std::optional<Value>;

struct Period {
  std::string_view name;
  std::string_view envoy;
  std::string_view nginx;
};
constexpr Period kPeriods[] = {
    {"second", "1s", "s"}, {"minute", "60s", "m"}, {"hour", "3600s", ""}};

// {requests, per, burst} into Envoy's token bucket.
Encoded to_bucket(const Value& value, Coding&) {
  const std::int64_t requests = value.find("requests")->integer();
  const Value* burst = value.find("burst");
  std::string_view interval = "1s";
  for (const auto& period : kPeriods)
    if (*value.find("per") == period.name) interval = period.envoy;
  return Value::map()
      .set("max_tokens", requests + (burst == nullptr ? 0 : burst->integer()))
      .set("tokens_per_fill", requests)
      .set("fill_interval", interval);
}
Encoded from_bucket(const Value& value, const Coding&) {
  const Value* most = value.find("max_tokens");
  const Value* fill = value.find("tokens_per_fill");
  const Value* interval = value.find("fill_interval");
  if (most == nullptr || fill == nullptr || interval == nullptr || !most->is_int() ||
      !fill->is_int() || fill->integer() < 1 || most->integer() < fill->integer())
    return {};
  Value result = Value::map().set("requests", *fill);
  for (const auto& period : kPeriods)
    if (*interval == period.envoy) result.set("per", period.name);
  if (most->integer() > fill->integer()) result.set("burst", most->integer() - fill->integer());
  return result.find("per") == nullptr ? std::nullopt : Encoded(std::move(result));
}

// {requests, per} as NGINX writes it: 10r/s.
Encoded to_rate_text(const Value& value, Coding& coding) {
  for (const auto& period : kPeriods)
    if (*value.find("per") == period.name && !period.nginx.empty())
      return fmt::format("{}r/{}", value.find("requests")->integer(), period.nginx);
  coding.losses.emplace_back("rates per hour are not known, only per second and minute");
  return {};
}
Encoded from_rate_text(const Value& value, const Coding&) {
  if (!value.is_string()) return {};
  const auto cut = value.string().find("r/");
  if (cut == std::string::npos) return {};
  const auto requests = base::parse_int(std::string_view(value.string()).substr(0, cut));
  for (const auto& period : kPeriods)
    if (requests && value.string().substr(cut + 2) == period.nginx)
      return Value::map().set("requests", *requests).set("per", period.name);
  return {};
}

// n a second: {count: n, interval: 1s}.
Encoded to_count(const Value& value, Coding&) {
  return Value::map().set("count", value).set("interval", "1s");
}
Encoded from_count(const Value& value, const Coding&) {
  const Value* count = value.find("count");
  const Value* interval = value.find("interval");
  if (count == nullptr || interval == nullptr || !(*interval == "1s")) return {};
  return *count;
}

// Envoy's FractionalPercent, exact to a hundredth of a percent.
Encoded to_per_million(const Value& value, Coding&) {
  if (value.is_int()) return Value::map().set("numerator", value).set("denominator", "HUNDRED");
  return Value::map()
      .set("numerator", static_cast<std::int64_t>(std::llround(value.number() * 10'000)))
      .set("denominator", "MILLION");
}
Encoded from_per_million(const Value& value, const Coding&) {
  const Value* numerator = value.find("numerator");
  const Value* denominator = value.find("denominator");
  if (numerator == nullptr || denominator == nullptr || !numerator->is_int()) return {};
  if (*denominator == "HUNDRED") return *numerator;
  if (*denominator == "MILLION") return static_cast<double>(numerator->integer()) / 10'000;
  return {};
}

// Protobuf's duration: seconds, with decimals.
Encoded to_proto_seconds(const Value& value, Coding&) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::int64_t nanoseconds = base::parse_duration(value.string())->count();
  std::string text = fmt::format("{}", nanoseconds / kSecond);
  if (const auto rest = nanoseconds % kSecond; rest != 0) {
    text += fmt::format(".{:09}", rest);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + "s";
}
Encoded from_proto_seconds(const Value& value, const Coding&) {
  if (!value.is_string()) return {};
  const auto duration = base::parse_duration(value.string());
  return duration.ok() ? Encoded(base::format_duration(*duration)) : std::nullopt;
}

constexpr std::string_view kErrorRatio = "NetworkErrorRatio() > ";
Encoded to_error_ratio(const Value& value, Coding&) {
  return fmt::format("{}{:.2f}", kErrorRatio, value.number() / 100);
}
Encoded from_error_ratio(const Value& value, const Coding&) {
  if (!value.is_string() || !value.string().starts_with(kErrorRatio)) return {};
  const auto ratio = base::parse_double(value.string().substr(kErrorRatio.size()));
  if (!ratio) return {};
  return static_cast<std::int64_t>(std::llround(*ratio * 100));
}

// [{service, version, weight}] as Consul's splits: shares that sum to 100.
Encoded to_shares(const Value& value, Coding& coding) {
  double sum = 0;
  for (const auto& backend : value.items()) sum += backend.find("weight")->number();
  if (sum <= 0) {
    coding.losses.emplace_back("a weight above 0 is needed");
    return {};
  }
  Value list = Value::list();
  double so_far = 0;
  for (const auto& backend : value.items()) {
    // Rounding what has been shared out, not each share, keeps the sum.
    const double before = std::round(so_far * 10'000 / sum);
    so_far += backend.find("weight")->number();
    const double share = (std::round(so_far * 10'000 / sum) - before) / 100;
    Value split = Value::map().set(
        "weight", std::floor(share) == share ? Value(static_cast<std::int64_t>(share)) : share);
    if (const Value* service = backend.find("service"))
      if (!(*service == coding.names.service)) split.set("service", *service);
    if (const Value* version = backend.find("version")) split.set("serviceSubset", *version);
    list.push(std::move(split));
  }
  return list;
}
Encoded from_shares(const Value& value, const Coding& coding) {
  if (!value.is_list()) return {};
  Value list = Value::list();
  for (const auto& split : value.items()) {
    const Value* weight = split.find("weight");
    const Value* service = split.find("service");
    if (weight == nullptr || !weight->is_number()) return {};
    Value backend =
        Value::map().set("service", service == nullptr ? Value(coding.names.service) : *service);
    if (const Value* subset = split.find("serviceSubset")) backend.set("version", *subset);
    // Shares have at most two decimals: whole weights without loss.
    const auto hundredths = std::llround(weight->number() * 100);
    backend.set("weight", static_cast<std::int64_t>(hundredths));
    list.push(std::move(backend));
  }
  return list;
}

// Subsets of Consul for the versions among the backends.
Encoded to_subsets(const Value& value, Coding&) {
  Value map = Value::map();
  for (const auto& backend : value.items())
    if (const Value* version = backend.find("version"))
      map.set(
          version->string(),
          Value::map().set("filter", fmt::format("Service.Meta.version == {}", version->string())));
  return map.size() == 0 ? std::nullopt : Encoded(std::move(map));
}

// {methods, paths} as rules of Cilium; a star at the end becomes a regular expression.
std::string path_pattern(const std::string& path) {
  return path.ends_with('*') ? path.substr(0, path.size() - 1) + ".*" : path;
}
Encoded to_http_rules(const Value& value, Coding&) {
  const Value any = Value::list().push("");
  const Value* methods = value.find("methods");
  const Value* paths = value.find("paths");
  Value list = Value::list();
  for (const auto& method : (methods == nullptr ? any : *methods).items())
    for (const auto& path : (paths == nullptr ? any : *paths).items()) {
      Value rule = Value::map();
      if (!method.string().empty()) rule.set("method", method);
      if (!path.string().empty()) rule.set("path", path_pattern(path.string()));
      list.push(std::move(rule));
    }
  return list;
}
Encoded from_http_rules(const Value& value, const Coding&) {
  if (!value.is_list()) return {};
  std::vector<std::string> seen[2];
  Value lists[2] = {Value::list(), Value::list()};
  for (const auto& rule : value.items())
    for (const int which : {0, 1}) {
      const Value* text = rule.find(which == 0 ? "method" : "path");
      if (text == nullptr || !text->is_string()) continue;
      std::string found = text->string();
      if (which == 1 && found.ends_with(".*")) found = found.substr(0, found.size() - 2) + "*";
      auto& known = seen[which];
      if (std::ranges::find(known, found) != known.end()) continue;
      known.push_back(found);
      lists[which].push(found);
    }
  Value result = Value::map();
  if (lists[0].size() > 0) result.set("methods", std::move(lists[0]));
  if (lists[1].size() > 0) result.set("paths", std::move(lists[1]));
  return result;
}

// Paths as one regular expression.
Encoded to_alternatives(const Value& value, Coding&) {
  std::vector<std::string> patterns;
  for (const auto& path : value.items()) patterns.push_back(path_pattern(path.string()));
  return base::join(patterns, "|");
}
Encoded from_alternatives(const Value& value, const Coding&) {
  if (!value.is_string() || value.string() == ".*") return {};
  Value list = Value::list();
  for (const auto part : base::split(value.string(), '|')) {
    const bool open = part.ends_with(".*");
    list.push(open ? std::string(part.substr(0, part.size() - 2)) + "*" : std::string(part));
  }
  return list;
}

// {host, port, path} as a URL.
Encoded to_url(const Value& value, Coding& coding) {
  const Value* host = value.find("host");
  if (host == nullptr) {
    coding.losses.emplace_back("host is needed too");
    return {};
  }
  std::string url = "http://" + host->string();
  if (const Value* port = value.find("port")) url += fmt::format(":{}", port->integer());
  if (const Value* path = value.find("path")) url += path->string();
  return url;
}
Encoded from_url(const Value& value, const Coding&) {
  if (!value.is_string() || !value.string().starts_with("http://")) return {};
  std::string_view rest = std::string_view(value.string()).substr(7);
  const auto slash = rest.find('/');
  Value result = Value::map();
  const std::string_view authority = rest.substr(0, slash);
  const auto colon = authority.find(':');
  result.set("host", authority.substr(0, colon));
  if (colon != std::string_view::npos) {
    const auto port = base::parse_int(authority.substr(colon + 1));
    if (!port) return {};
    result.set("port", *port);
  }
  if (slash != std::string_view::npos) result.set("path", rest.substr(slash));
  return result;
}

// {service, port} as Istio names an outbound cluster.
Encoded to_cluster(const Value& value, Coding&) {
  return fmt::format("outbound|{}||{}", value.find("port")->integer(),
                     value.find("service")->string());
}
Encoded from_cluster(const Value& value, const Coding&) {
  if (!value.is_string()) return {};
  const auto parts = base::split(value.string(), '|');
  const auto port = parts.size() == 4 ? base::parse_int(parts[1]) : std::nullopt;
  if (!port || parts[0] != "outbound") return {};
  return Value::map().set("service", parts[3]).set("port", *port);
}

// Statuses, with those that conditions stand for: {on: [gateway-error]} is 502, 503 and 504.
Encoded to_codes(const Value& value, Coding& coding) {
  Value list = Value::list();
  std::vector<std::int64_t> codes;
  const auto add = [&](std::int64_t code) {
    if (std::ranges::find(codes, code) == codes.end()) codes.push_back(code);
  };
  if (const Value* on = value.find("on"))
    for (const auto& condition : on->items()) {
      const auto& table = coding.variant.values.at(coding.argument);
      const auto found = table.find(condition.string());
      if (found == table.end())
        coding.losses.push_back(fmt::format("{} has no counterpart", condition.string()));
      else
        for (const auto code : base::split(found->second, ',')) add(*base::parse_int(code));
    }
  if (const Value* given = value.find("statusCodes"))
    for (const auto& code : given->items()) add(code.integer());
  for (const auto code : codes) list.push(code);
  return list.size() == 0 ? std::nullopt : Encoded(std::move(list));
}
Encoded from_codes(const Value& value, const Coding&) {
  if (!value.is_list()) return {};
  return Value::map().set("statusCodes", value);
}

// JSON in a text, as the value that it is.
Encoded to_json(const Value& value, Coding& coding) {
  auto read = doc::read_json(doc::Source("config", value.string()));
  if (read.ok()) return std::move(read->root);
  coding.losses.push_back("it must be JSON: " + read.error().message);
  return {};
}
Encoded from_json(const Value& value, const Coding&) {
  return std::string(base::trim(doc::write_json(value, 0)));
}

// The argument in any case, a number where it is one.
Encoded to_constant(const Value&, Coding& coding) {
  if (const auto number = base::parse_int(coding.argument)) return *number;
  return fill(coding.argument, coding.names);
}
Encoded nothing(const Value&, const Coding&) { return {}; }

}  // namespace

std::span<const Encoding> limit_encodings() {
  static constexpr Encoding kEncodings[] = {{"bucket", to_bucket, from_bucket},
                                            {"rate-text", to_rate_text, from_rate_text},
                                            {"count", to_count, from_count},
                                            {"per-million", to_per_million, from_per_million},
                                            {"proto-seconds", to_proto_seconds, from_proto_seconds},
                                            {"error-ratio", to_error_ratio, from_error_ratio},
                                            {"shares", to_shares, from_shares},
                                            {"subsets", to_subsets, nothing, true},
                                            {"http-rules", to_http_rules, from_http_rules},
                                            {"alternatives", to_alternatives, from_alternatives},
                                            {"url", to_url, from_url},
                                            {"cluster", to_cluster, from_cluster},
                                            {"codes", to_codes, from_codes},
                                            {"json", to_json, from_json},
                                            {"const", to_constant, nothing, true}};
  return kEncodings;
}

}  // namespace weft::compile
