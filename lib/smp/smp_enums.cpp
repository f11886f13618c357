#include "lib/smp/smp_enums.h"

#include <algorithm>
#include <array>

#include "lib/base/text.h"

namespace weft::smp {
namespace {

// By the number of v0.3.0 and later; before, all were one lower.
constexpr std::array<std::string_view, 13> kMeshes = {"",
                                                      "app_mesh",
                                                      "consul",
                                                      "istio",
                                                      "kuma",
                                                      "linkerd",
                                                      "traefik_mesh",
                                                      "octarine",
                                                      "network_service_mesh",
                                                      "tanzu",
                                                      "open_service_mesh",
                                                      "nginx_service_mesh",
                                                      "cilium_service_mesh"};
constexpr std::int64_t kOldMeshes = 9;  // values 0 to 8: those after tanzu came later

struct Spelling {
  std::string_view written;  // without case, spaces, dashes and underscores
  std::string_view mesh;
};
constexpr Spelling kSpellings[] = {
    {"", ""},
    {"none", ""},
    {"nomesh", ""},
    {"null", ""},
    {"invalidmesh", ""},
    {"osm", "open_service_mesh"},
    {"maesh", "traefik_mesh"},
    {"traefik", "traefik_mesh"},
    {"nsm", "network_service_mesh"},
    {"nginx", "nginx_service_mesh"},
    {"cilium", "cilium_service_mesh"},
    {"awsappmesh", "app_mesh"},
};

constexpr std::array<std::string_view, 5> kProtocols = {"", "http", "tcp", "udp", "grpc"};

std::string squeezed(std::string_view text) {
  std::string out = base::lower(base::trim(text));
  std::erase_if(out, [](char c) { return c == ' ' || c == '_' || c == '-'; });
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return out;
}

template <std::size_t n>
std::optional<std::string> at(const std::array<std::string_view, n>& table, std::int64_t index) {
  if (index < 0 || index >= static_cast<std::int64_t>(n)) return std::nullopt;
  return std::string(table[static_cast<std::size_t>(index)]);
}

}  // namespace

std::optional<std::string> mesh_of_text(std::string_view text) {
  const std::string word = squeezed(text);
  for (const auto& [written, mesh] : kSpellings)
    if (written == word) return std::string(mesh);
  for (const auto mesh : kMeshes)
    if (squeezed(mesh) == word) return std::string(mesh);
  return std::nullopt;
}

std::optional<std::string> mesh_of_number(std::int64_t number, bool old_numbers) {
  if (!old_numbers) return at(kMeshes, number);
  if (number < 0 || number >= kOldMeshes) return std::nullopt;
  return at(kMeshes, number + 1);
}

std::optional<std::string> mesh_enum_name(std::string_view mesh) {
  const auto known = mesh_of_text(mesh);
  if (!known || known->empty()) return std::nullopt;
  return upper(*known);
}

std::vector<std::string> mesh_names() { return {kMeshes.begin() + 1, kMeshes.end()}; }

std::optional<std::string> protocol_of_text(std::string_view text) {
  std::string word = base::lower(base::trim(text));
  if (word.starts_with("protocol_")) word.erase(0, 9);
  if (word == "invalid") word.clear();
  if (word == "https" || word == "http/1.1" || word == "h2" || word == "http/2") word = "http";
  if (std::find(kProtocols.begin(), kProtocols.end(), word) == kProtocols.end())
    return std::nullopt;
  return word;
}

std::optional<std::string> protocol_of_number(std::int64_t number, bool old_numbers) {
  if (old_numbers && (number < 0 || number >= 4)) return std::nullopt;
  return at(kProtocols, old_numbers ? number + 1 : number);
}

std::optional<std::string> protocol_enum_name(std::string_view protocol) {
  const auto known = protocol_of_text(protocol);
  if (!known || known->empty()) return std::nullopt;
  return "PROTOCOL_" + upper(*known);
}

}  // namespace weft::smp
