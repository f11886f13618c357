#include "lib/smp/smp_document.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/smp/smp_enums.h"
#include "lib/smp/smp_quirks.h"

namespace weft::smp {
namespace {

using doc::Fields;
using doc::Value;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// "latenciesMs", "actual_QPS", "cpu_mCores" -> "latencies_ms", "actual_qps", "cpu_mcores".
std::string snake_case(std::string_view key) {
  std::string out;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const bool starts_word =
        i > 0 && is_upper(key[i]) && !is_upper(key[i - 1]) && key[i - 1] != '_';
    if (starts_word) out += '_';
    out += is_upper(key[i]) ? static_cast<char>(key[i] + 32) : key[i];
  }
  if (out == "cpu_m_cores") return "cpu_mcores";
  return out;
}

// Maps whose keys belong to the user.
bool is_free_map(std::string_view key) {
  for (const std::string_view free : {"labels", "headers", "cookies", "annotations"})
    if (key == free) return true;
  return false;
}

base::Result<Value> uniform(const Value& value, const doc::Document& document) {
  Value out;
  if (value.is_list()) {
    out = Value::list();
    for (const auto& item : value.items()) {
      WEFT_TRY(inner, uniform(item, document));
      out.push(std::move(inner));
    }
  } else if (value.is_map()) {
    std::vector<doc::Member> members;
    for (const auto& member : value.members()) {
      const std::string key = snake_case(member.key);
      if (is_free_map(key)) {
        members.push_back({key, member.value, member.key_position});
        continue;
      }
      WEFT_TRY(inner, uniform(member.value, document));
      members.push_back({key, std::move(inner), member.key_position});
    }
    doc::Map map(std::move(members));
    if (const doc::Member* twice = map.duplicate())
      return document.error(
          twice->key_position,
          fmt::format("{} stands here in two spellings", twice->key.substr(0, 80)),
          "remove one of them");
    out = Value(std::move(map));
  } else {
    out = value;
  }
  out.set_position(value.position());
  return out;
}

const Value* find_any(const Value& map, std::initializer_list<std::string_view> keys) {
  for (const auto key : keys)
    if (const Value* value = map.find(key)) return value;
  return nullptr;
}

bool has_camel_key(const Value& map) {
  if (!map.is_map()) return false;
  return std::any_of(map.members().begin(), map.members().end(), [](const doc::Member& member) {
    return std::any_of(member.key.begin(), member.key.end(), is_upper);
  });
}

bool is_placeholder_result(const Value& root) {
  const Value* version = root.find("smp_version");
  return version != nullptr && version->is_string() && version->string() == "test_smp_version";
}

std::string config_dialect(const Value& root, const Value& clients) {
  const Value* client = clients.is_list() && clients.size() > 0 ? &clients.items()[0] : nullptr;
  const bool camel = has_camel_key(root) || (client != nullptr && has_camel_key(*client));
  if (const Value* mesh = root.find("mesh"); mesh != nullptr && mesh->is_string()) return "D3";
  const Value* protocol = client == nullptr ? nullptr : client->find("protocol");
  if (camel && protocol != nullptr && protocol->is_string() &&
      !base::lower(protocol->string()).starts_with("protocol_") &&
      protocol_of_text(protocol->string()))
    return "D3";
  return camel ? "D2" : "D1b";
}

bool uses_old_numbers(const Value& value, int depth = 0) {
  if (value.is_map()) {
    if (value.find("smps_version") != nullptr || value.find("endpoint_url") != nullptr) return true;
    for (const auto& member : value.members())
      if (depth < 4 && uses_old_numbers(member.value, depth + 1)) return true;
  }
  if (value.is_list())
    for (const auto& item : value.items())
      if (depth < 4 && uses_old_numbers(item, depth + 1)) return true;
  return false;
}

// A number, or text that is one.
std::optional<std::int64_t> integer_of(const Value& value) {
  std::int64_t number = 0;
  if (doc::decode(value, number)) return number;
  return value.is_string() ? base::parse_int(value.string()) : std::nullopt;
}

}  // namespace

std::optional<std::string> smp_dialect(const Value& root) {
  if (!root.is_map()) return std::nullopt;
  if (const Value* client = root.find("client"); client != nullptr && client->is_map()) return "D0";
  if (root.find("smps_version") != nullptr && root.find("metrics") != nullptr) return "D0";
  for (const char* part : {"test", "result"})
    if (const Value* inner = root.find(part); inner != nullptr && inner->is_map())
      if (auto dialect = smp_dialect(*inner)) return *dialect == "D1b" ? "D1" : *dialect;
  if (const Value* clients = root.find("clients")) return config_dialect(root, *clients);
  if (root.find("latenciesMs") != nullptr) return "D2";
  if (root.find("latencies_ms") != nullptr) return is_placeholder_result(root) ? "D4" : "D1";
  if (find_any(root, {"load_generators", "loadGenerators"}) != nullptr ||
      (root.find("endpoints") != nullptr && find_any(root, {"service_mesh", "serviceMesh"})))
    return "meshery";
  if (const Value* profiles = root.find("profiles"); profiles != nullptr && profiles->is_list())
    return "meshery";
  if (find_any(root, {"meshType", "kubernetesVersion"}) != nullptr) return "D2";
  if (find_any(root, {"mesh_type", "kubernetes_version"}) != nullptr) return "D1";
  return std::nullopt;
}

base::Result<SmpDocument> open_smp(const doc::Document& document) {
  const auto dialect = smp_dialect(document.root);
  if (!dialect)
    return document.error(
        document.root.position(),
        fmt::format("{} is not a Service Mesh Performance document", document.source->name()),
        "it needs latencies_ms (a result) or clients (a test profile)");
  WEFT_TRY(root, uniform(document.root, document));
  const bool old_numbers = uses_old_numbers(root);
  return SmpDocument{{std::move(root), document.source}, *dialect, old_numbers};
}

void get_integer(Fields& in, std::string_view key, std::optional<std::int64_t>& out) {
  const Value* value = in.find(key);
  if (value == nullptr) return;
  out = integer_of(*value);
  if (!out) in.fail(key, fmt::format("must be an integer, found {}", value->kind_name()));
}

void get_mesh_type(Fields& in, std::string_view key, bool old_numbers, std::string& out) {
  const Value* value = in.find(key);
  if (value == nullptr) return;
  std::optional<std::string> mesh;
  if (const auto number = integer_of(*value))
    mesh = mesh_of_number(*number, old_numbers);
  else if (value->is_string())
    mesh = mesh_of_text(value->string());
  if (mesh) {
    out = *mesh;
    return;
  }
  const auto names = mesh_names();
  const std::string hint = value->is_string() ? base::did_you_mean(value->string(), names) : "";
  in.fail(key, fmt::format("is no mesh that SMP knows{}", hint),
          fmt::format("known are: {}", base::join(names, ", ")));
}

void get_protocol(Fields& in, std::string_view key, bool old_numbers, std::string& out) {
  const Value* value = in.find(key);
  if (value == nullptr) return;
  std::optional<std::string> protocol;
  if (const auto number = integer_of(*value))
    protocol = protocol_of_number(*number, old_numbers);
  else if (value->is_string())
    protocol = protocol_of_text(value->string());
  if (protocol)
    out = *protocol;
  else
    in.fail(key, "is no protocol that SMP knows", "known are: http, tcp, udp, grpc");
}

void warn_unknown(const Fields& in, std::vector<std::string>& warnings) {
  std::vector<std::string> keys;
  for (const auto* member : in.unknown())
    if (keys.size() < 10) keys.push_back(member->key.substr(0, 40));
  if (!keys.empty()) warnings.push_back(quirk("smp.unknown-key", base::join(keys, ", ")));
}

}  // namespace weft::smp
