#include "lib/conform/reference_stream.h"

#include <array>
#include <filesystem>

#include "lib/base/format.h"

namespace weft::conform {
namespace {

bool is_stream(Speech speech) { return speech != Speech::http && speech != Speech::h2c; }

std::string server(const ReferenceMesh& mesh, const std::string& place, Speech speech,
                   const std::string& target) {
  std::string how = speech == Speech::udp ? "    proxy_responses 1;\n    proxy_timeout 5s;\n"
                                          : "    proxy_half_close on;\n";
  if (speech != Speech::udp && mesh.is_broken("half-close-ignored")) how = "";
  return fmt::format("  server {{\n    listen {}{};\n{}    proxy_pass {};\n  }}\n", place,
                     speech == Speech::udp ? " udp" : "", how, target);
}

}  // namespace

std::string nginx_stream_module() {
  constexpr std::array<const char*, 3> kPlaces = {"/usr/lib/nginx/modules/ngx_stream_module.so",
                                                  "/usr/lib64/nginx/modules/ngx_stream_module.so",
                                                  "/usr/share/nginx/modules/ngx_stream_module.so"};
  std::error_code none;
  for (const char* place : kPlaces)
    if (std::filesystem::exists(place, none)) return place;
  return {};
}

std::string stream_config(const ReferenceMesh& mesh, const MeshPod& pod) {
  std::string out;
  for (const SpeechRow& row : speeches())
    if (is_stream(row.speech) && mesh.options().speeches.contains(row.speech))
      out += server(mesh, mesh.place_of(pod, row.port), row.speech,
                    fmt::format("127.0.0.1:{}", row.port));
  for (const auto& [name, service] : mesh.services())
    for (const MeshPort& port : service.ports) {
      if (!is_stream(port.speech) || service.address.empty()) continue;
      if (port.speech == Speech::udp && mesh.is_broken("udp-dropped")) continue;
      if (port.speech == Speech::tcp && mesh.is_broken("tcp-dropped")) continue;
      std::string servers;
      for (const MeshPod* one : mesh.pods_of(name))
        servers += fmt::format("    server {}:{};\n", one->address, row_of(port.speech).port);
      if (servers.empty()) continue;
      // Who waits for the client to speak, to find out what it speaks, waits in vain.
      const bool waits =
          port.speech == Speech::server_first && mesh.is_broken("server-first-waits");
      const std::string group = fmt::format("{}-{}", name, port.number);
      out += fmt::format("  upstream {} {{\n{}  }}\n", group, servers);
      std::string one = server(mesh, mesh.place_of(service, port.number), port.speech, group);
      if (waits)
        one.insert(one.find("    proxy_pass"), "    preread_timeout 20s;\n    ssl_preread on;\n");
      out += one;
    }
  return out.empty() ? out : fmt::format("stream {{\n{}}}\n", out);
}

std::string grpc_failure(int status) {
  return fmt::format("    add_header grpc-status {};\n    return 200 \"\";\n", status);
}

std::string grpc_headers(const ReferenceMesh& mesh) {
  std::string out = "    grpc_set_header Host $http_host;\n";
  if (mesh.is_broken("trailers-dropped")) out += "    grpc_hide_header x-weft-trailer;\n";
  return out;
}

std::string request_faults(const ReferenceMesh& mesh) {
  std::string out;
  if (mesh.is_broken("headers-first-value")) out += "    proxy_set_header X-Many $http_x_many;\n";
  if (mesh.is_broken("headers-dropped")) out += "    proxy_set_header X-Kept \"\";\n";
  if (mesh.is_broken("bodies-dropped"))
    out += "    proxy_pass_request_body off;\n    proxy_set_header Content-Length 0;\n";
  if (mesh.is_broken("answers-truncated"))
    out +=
        "    set $cut $http_x_weft_fault;\n    if ($cut ~ size) { set $cut size=1000; }\n"
        "    proxy_set_header X-Weft-Fault $cut;\n";
  if (mesh.is_broken("upgrade-ignored")) out += "    proxy_set_header Upgrade \"\";\n";
  return out.empty() || out.find("proxy_set_header") == std::string::npos
             ? out
             : "    proxy_set_header Host $http_host;\n    proxy_set_header Connection \"\";\n" +
                   out;
}

}  // namespace weft::conform
