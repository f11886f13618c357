// Settings inside a longer text of a mesh: configuration of Envoy as JSON in one field,
// "host:port".
//
//   fields: {host+port: "ProxyDefaults config.cluster | template(cluster)"}
//   values: {cluster: {text: '{"address":"<host>","port_value":<port>}'}}
//
// A setting that stands alone is <>.
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/compile/encodings.h"

namespace weft::compile {
namespace {

using doc::Value;
using Encoded = std::optional<Value>;

// Text, then a setting, or the end.
struct Segment {
  std::string_view literal;
  std::optional<std::string_view> setting;
};

std::vector<Segment> segments_of(const Coding& coding) {
  std::vector<Segment> segments;
  const auto table = coding.variant.values.find(coding.argument);
  if (table == coding.variant.values.end()) return segments;
  const auto found = table->second.find("text");
  std::string_view rest = found == table->second.end() ? std::string_view() : found->second;
  while (true) {
    const auto open = rest.find('<');
    const auto close = rest.find('>', open);
    if (open == std::string_view::npos || close == std::string_view::npos) break;
    segments.push_back({rest.substr(0, open), rest.substr(open + 1, close - open - 1)});
    rest.remove_prefix(close + 1);
  }
  segments.push_back({rest, std::nullopt});
  return segments;
}

std::string text_of(const Value& value) {
  if (value.is_int()) return fmt::format("{}", value.integer());
  if (value.is_number()) return fmt::format("{}", value.number());
  return value.is_string() ? value.string().str() : std::string();
}

// Neither ends the JSON text that it stands in.
bool is_plain(std::string_view text) {
  for (const char c : text)
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ') return false;
  return !text.empty();
}

Encoded to_template(const Value& value, Coding& coding) {
  std::string text;
  for (const Segment& segment : segments_of(coding)) {
    text += segment.literal;
    if (!segment.setting) continue;
    const Value* setting = segment.setting->empty() ? &value : value.find(*segment.setting);
    if (setting == nullptr || !is_plain(text_of(*setting))) {
      coding.losses.push_back(setting == nullptr
                                  ? fmt::format("{} is needed too", *segment.setting)
                                  : fmt::format("\"{}\" cannot be written", text_of(*setting)));
      return {};
    }
    text += text_of(*setting);
  }
  return text;
}

Value read(std::string_view text) {
  if (const auto number = base::parse_int(text)) return *number;
  if (const auto number = base::parse_double(text)) return *number;
  return text;
}

Encoded from_template(const Value& value, const Coding& coding) {
  if (!value.is_string()) return {};
  const auto segments = segments_of(coding);
  std::string_view rest = value.string();
  Value result = Value::map();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (!rest.starts_with(segments[i].literal)) return {};
    rest.remove_prefix(segments[i].literal.size());
    if (!segments[i].setting) break;
    const std::string_view next = segments[i + 1].literal;
    const auto end = next.empty() ? rest.size() : rest.find(next);
    if (end == std::string_view::npos || end == 0) return {};
    result.set(std::string(*segments[i].setting), read(rest.substr(0, end)));
    rest.remove_prefix(end);
  }
  if (!rest.empty() || result.size() == 0) return {};
  const Value* alone = result.find("");
  return alone == nullptr ? Encoded(std::move(result)) : Encoded(*alone);
}

// {hosts, servicePort} as rules of an Ingress.
Encoded to_ingress_rules(const Value& value, Coding& coding) {
  const Value* port = value.find("servicePort");
  const Value service =
      Value::map()
          .set("name", coding.names.service)
          .set("port",
               Value::map().set("number", port == nullptr ? Value(coding.names.port) : *port));
  const Value path = Value::map()
                         .set("path", "/")
                         .set("pathType", "Prefix")
                         .set("backend", Value::map().set("service", service));
  Value rules = Value::list();
  for (const auto& host : value.find("hosts")->items())
    rules.push(Value::map()
                   .set("host", host)
                   .set("http", Value::map().set("paths", Value::list().push(path))));
  return rules;
}

// {tlsSecret, hosts} as the certificates of an Ingress.
Encoded to_ingress_tls(const Value& value, Coding&) {
  const Value* secret = value.find("tlsSecret");
  if (secret == nullptr) return {};
  return Value::list().push(
      Value::map().set("hosts", *value.find("hosts")).set("secretName", *secret));
}
Encoded nothing(const Value&, const Coding&) { return {}; }

}  // namespace

std::span<const Encoding> text_encodings() {
  static constexpr Encoding kEncodings[] = {{"template", to_template, from_template},
                                            {"ingress-rules", to_ingress_rules, nothing, true},
                                            {"ingress-tls", to_ingress_tls, nothing, true}};
  return kEncodings;
}

}  // namespace weft::compile
