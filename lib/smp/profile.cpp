#include "lib/smp/profile.h"

#include "lib/base/format.h"
#include "lib/doc/read.h"
#include "lib/smp/smp_document.h"
#include "lib/smp/smp_quirks.h"

namespace weft::smp {
namespace {

using doc::Fields;
using doc::Value;

void at_least(Fields& in, std::string_view key, std::optional<std::int64_t> value,
              std::int64_t least) {
  if (in.ok() && value && *value < least) in.fail(key, fmt::format("must be at least {}", least));
}

// mesheryctl takes the last letter for the unit and what stands before for the number.
bool misread_by_mesheryctl(std::string_view duration) {
  const std::string_view number = duration.substr(0, duration.size() - 1);
  return number.find_first_not_of("0123456789") != std::string_view::npos;
}

void read_duration(Fields& in, Profile& profile) {
  std::string text;
  in.get("duration", text);
  if (text.empty() || !in.ok()) return;
  const auto duration = base::parse_duration(text);
  if (!duration.ok() || duration->count() <= 0)
    return in.fail("duration", "must be a positive duration", "write it like 30s or 1h30m");
  profile.duration = *duration;
  if (misread_by_mesheryctl(text)) profile.warnings.push_back(quirk("smp.duration", text));
}

void read_urls(Fields& in, std::string_view key, std::vector<std::string>& urls) {
  const Value* value = in.find(key);
  if (value == nullptr) return;
  if (value->is_string())
    urls.push_back(value->string());
  else
    in.get(key, urls);
}

void read_client(Fields& in, ProfileClient& client, bool old_numbers,
                 std::vector<std::string>& warnings) {
  in.get("internal", client.internal).get("load_generator", client.load_generator);
  get_protocol(in, "protocol", old_numbers, client.protocol);
  get_integer(in, "connections", client.connections);
  get_integer(in, "rps", client.rps);
  at_least(in, "connections", client.connections, 0);
  at_least(in, "rps", client.rps, 0);
  if (client.connections == 0) client.connections.reset();  // protobuf's "not set"
  in.get("headers", client.headers).get("cookies", client.cookies);
  in.get("body", client.body).get("content_type", client.content_type);
  read_urls(in, "endpoint_urls", client.urls);
  read_urls(in, "endpoint_url", client.urls);
  in.get("ssl_certificate", client.certificate);
  in.get("additional_options", client.additional_options);
  if (in.ok()) warn_unknown(in, warnings);
}

void read_mesh(Fields& in, bool old_numbers, Mesh& mesh) {
  const Value* value = in.find("mesh");
  if (value == nullptr) return;
  if (!value->is_map()) return get_mesh_type(in, "mesh", old_numbers, mesh.type);
  in.part("mesh", mesh, [old_numbers](Fields& f, Mesh& out) {
    f.get("version", out.version);
    if (const Value* type = f.find("mesh_type"); type != nullptr && type->is_map())
      f.part("mesh_type", out, [old_numbers](Fields& inner, Mesh& nested) {
        get_mesh_type(inner, "type", old_numbers, nested.type);
        inner.get("version", nested.version);
      });
    else
      get_mesh_type(f, "type", old_numbers, out.type);
  });
}

void read_config(Fields& in, bool old_numbers, Profile& profile) {
  std::string version;
  in.get("smp_version", version).get("smps_version", version);
  in.get("id", profile.id).get("name", profile.name).get("labels", profile.labels);
  in.each("clients", profile.clients, [&](Fields& f, ProfileClient& client) {
    read_client(f, client, old_numbers, profile.warnings);
  });
  read_duration(in, profile);
}

// D0: one client, its rate and URL beside the results.
void read_flat(Fields& in, Profile& profile) {
  ProfileClient client;
  in.get("exp_uuid", profile.id).get("labels", profile.labels);
  read_urls(in, "endpoint_url", client.urls);
  in.part("client", client, [](Fields& f, ProfileClient& out) {
    f.get("internal", out.internal);
    get_protocol(f, "protocol", true, out.protocol);
    get_integer(f, "connections", out.connections);
    get_integer(f, "rps", out.rps);
    at_least(f, "rps", out.rps, 0);
  });
  profile.clients.push_back(std::move(client));
  profile.warnings.push_back(quirk("smp.old-dialect"));
}

// Meshery's database keeps headers and cookies as JSON inside text.
void read_json_text(Fields& in, std::string_view key, Labels& out) {
  std::string text;
  in.get(key, text);
  if (text.empty()) return;
  const auto inner = doc::read_json(doc::Source(std::string(key), text));
  if (!inner.ok() || (!inner->root.is_null() && !doc::decode(inner->root, out)))
    in.fail(key, "must be text that holds a JSON map of texts");
}

void read_stored(Fields& in, Profile& profile) {
  ProfileClient client;
  std::vector<std::string> generators;
  in.get("id", profile.id).get("name", profile.name);
  in.get("load_generators", generators).get("endpoints", client.urls);
  get_mesh_type(in, "service_mesh", false, profile.mesh.type);
  get_integer(in, "concurrent_request", client.connections);
  get_integer(in, "qps", client.rps);
  at_least(in, "concurrent_request", client.connections, 0);
  at_least(in, "qps", client.rps, 0);
  read_json_text(in, "request_headers", client.headers);
  read_json_text(in, "request_cookies", client.cookies);
  in.get("request_body", client.body).get("content_type", client.content_type);
  read_duration(in, profile);
  // Zero is left out in this form, and zero requests per second means as many as possible.
  if (!client.rps) client.rps = 0;
  if (!generators.empty()) client.load_generator = generators.front();
  profile.clients.push_back(std::move(client));
}

void warn_about(Profile& profile) {
  auto& warnings = profile.warnings;
  if (profile.clients.size() > 1 || profile.clients.front().urls.size() > 1)
    warnings.push_back(quirk("smp.only-first"));
  if (profile.mesh.type.empty()) warnings.push_back(quirk("smp.no-mesh"));
  for (const auto& client : profile.clients) {
    const std::string& generator = client.load_generator;
    if (client.connections && (generator == "wrk2" || generator == "nighthawk"))
      warnings.push_back(quirk("smp.connections", generator));
    if (!generator.empty() && generator != "fortio" && generator != "wrk2")
      warnings.push_back(quirk("smp.load-generator", generator.substr(0, 40)));
  }
}

// The map to read out of a page of stored profiles.
base::Result<const Value*> stored_profile(const doc::Document& document) {
  const Value* page = document.root.find("profiles");
  if (page == nullptr) return &document.root;
  if (page->size() != 1)
    return document.error(page->position(),
                          fmt::format("one profile is needed, the list has {}", page->size()),
                          "save the one you mean to a file of its own");
  return &page->items().front();
}

}  // namespace

base::Result<Profile> read_profile(const doc::Document& document) {
  WEFT_TRY(smp, open_smp(document));
  Profile profile;
  profile.dialect = smp.dialect;
  const Value* root = &smp.document.root;
  if (smp.dialect == "meshery") {
    WEFT_TRY(stored, stored_profile(smp.document));
    root = stored;
  }
  Fields in(smp.document, *root, {}, doc::Unknown::ignored);
  if (smp.dialect == "D0") {
    read_flat(in, profile);
  } else if (smp.dialect == "meshery") {
    read_stored(in, profile);
  } else {
    if (in.find("test") != nullptr)
      in.part("test", profile,
              [&](Fields& f, Profile& out) { read_config(f, smp.old_numbers, out); });
    else
      read_config(in, smp.old_numbers, profile);
    read_mesh(in, smp.old_numbers, profile.mesh);
  }
  if (in.ok() && (profile.clients.empty() || profile.clients.front().urls.empty()))
    in.fail(in.find("test") != nullptr ? "test" : "clients", "names no endpoint URL",
            "add clients: [{endpoint_urls: [http://...]}]");
  WEFT_CHECK(in.done());
  warn_about(profile);
  return profile;
}

}  // namespace weft::smp
