#include "lib/perf/profile_specs.h"

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/doc/read.h"
#include "lib/smp/profile.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

// "a=1; b=2", as one Cookie header (RFC 6265, section 4.2.1).
std::string cookie_header(const smp::Labels& cookies) {
  std::string text;
  for (const auto& [name, value] : cookies)
    text += fmt::format("{}{}={}", text.empty() ? "" : "; ", name, value);
  return text;
}

Result<Pairs> headers_of(const smp::ProfileClient& client) {
  Pairs headers;
  for (const auto& [name, value] : client.headers) {
    WEFT_TRY(header, parse_header(fmt::format("{}: {}", name, value)));
    headers.push_back(std::move(header));
  }
  if (!client.content_type.empty()) {
    WEFT_TRY(header, parse_header("Content-Type: " + client.content_type));
    headers.push_back(std::move(header));
  }
  if (!client.cookies.empty()) {
    WEFT_TRY(header, parse_header("Cookie: " + cookie_header(client.cookies)));
    headers.push_back(std::move(header));
  }
  return headers;
}

// A profile names the protocol beside the URL, a target of ours in it.
std::string with_protocol(const std::string& url, std::string_view protocol) {
  const std::size_t mark = url.find("://");
  const std::string scheme = mark == std::string::npos ? "" : url.substr(0, mark);
  if (protocol.empty() || protocol == "http" || scheme.starts_with(protocol)) return url;
  const bool secure = protocol == "grpc" && scheme == "https";
  return fmt::format("{}{}://{}", protocol, secure ? "s" : "",
                     mark == std::string::npos ? url : url.substr(mark + 3));
}

Result<Spec> spec_of(const smp::Profile& profile, const smp::ProfileClient& client) {
  Spec spec;
  spec.name = profile.name;
  spec.labels = profile.labels;
  spec.test_id = profile.id;
  spec.mesh = profile.mesh;
  spec.duration = profile.duration;
  spec.connections = client.connections;
  if (client.rps) {
    if (*client.rps < 0)
      return Error{ExitCode::input,
                   fmt::format("the profile asks for {} requests per second", *client.rps),
                   "a rate above 0, or 0 for as many as possible"};
    spec.rate = *client.rps == 0 ? Rate{} : Rate{static_cast<double>(*client.rps)};
  }
  WEFT_TRY(headers, headers_of(client));
  spec.headers = std::move(headers);
  if (!client.body.empty()) spec.body = client.body;
  if (!client.certificate.empty()) spec.tls.ca = client.certificate;
  return spec;
}

void add_notes(const smp::ProfileClient& client, std::vector<std::string>& notes) {
  const auto note = [&](std::string sentence) {
    if (std::find(notes.begin(), notes.end(), sentence) == notes.end())
      notes.push_back(std::move(sentence));
  };
  if (!client.load_generator.empty() && client.load_generator != "weft")
    note(fmt::format("the profile asks for the load generator {0}: --engine {0} uses it",
                     client.load_generator));
  if (!client.additional_options.empty())
    note("the profile's additional options are for another load generator and are not used");
  if (!client.certificate.empty())
    note("the profile's certificate is trusted as the authority of its targets");
  if (client.internal.value_or(false))
    note("the profile wants its client inside the mesh; this run sends from this machine");
}

}  // namespace

Result<ProfileSpecs> specs_of(const smp::Profile& profile, bool one_url) {
  ProfileSpecs result;
  // The other warnings are about what other tools make of the profile.
  for (const auto& warning : profile.warnings)
    if (warning.starts_with("smp.unknown-key")) result.notes.push_back(warning);
  for (const auto& client : profile.clients) {
    WEFT_TRY(spec, spec_of(profile, client));
    add_notes(client, result.notes);
    const std::size_t before = result.specs.size();
    if (!one_url) {
      for (const auto& url : client.urls) {
        result.specs.push_back(spec);
        result.specs.back().url = with_protocol(url, client.protocol);
      }
    }
    if (result.specs.size() == before) result.specs.push_back(std::move(spec));
  }
  return result;
}

Result<ProfileSpecs> read_specs(const std::string& path, bool one_url) {
  WEFT_TRY(text, base::read_file(path));
  WEFT_TRY(document, doc::read(doc::Source(path, std::move(text))));
  WEFT_TRY(profile, smp::read_profile(document));
  auto specs = specs_of(profile, one_url);
  if (!specs.ok() && specs.error().where.source.empty()) specs.error().where.source = path;
  return specs;
}

}  // namespace weft::perf
