#include "lib/perf/spec_target.h"

#include "lib/base/format.h"
#include "lib/perf/data_table.h"
#include "lib/perf/target_bodies.h"
#include "lib/perf/targets.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;

base::Result<net::TlsClientOptions> to_options(const Tls& tls, const net::Url& url) {
  const bool any = tls.insecure || tls.resume || tls.ca || tls.certificate || tls.key ||
                   tls.server_name || tls.min_version || tls.max_version || tls.spiffe_id ||
                   tls.ciphers || tls.curves;
  if (any && !url.is_secure())
    return Error{ExitCode::usage, fmt::format("{} is plain HTTP: there is no TLS", url.text()),
                 "write https://, or leave out the flags of TLS"};
  if (tls.certificate.has_value() != tls.key.has_value())
    return Error{ExitCode::usage, "a client certificate needs its key", "--cert FILE --key FILE"};
  if (tls.spiffe_id && tls.insecure.value_or(false))
    return Error{ExitCode::usage, "--expect-spiffe and --insecure exclude each other",
                 "an identity counts only when its certificate is verified: give --cacert FILE"};
  net::TlsClientOptions options;
  options.verify = !tls.insecure.value_or(false);
  options.resume = tls.resume.value_or(false);
  options.ca = tls.ca.value_or("");
  options.identity = {tls.certificate.value_or(""), tls.key.value_or("")};
  options.server_name = tls.server_name.value_or("");
  options.spiffe_id = tls.spiffe_id.value_or("");
  options.ciphers = tls.ciphers.value_or("");
  options.curves = tls.curves.value_or("");
  options.min_version = tls.min_version;
  options.max_version = tls.max_version;
  return options;
}

base::Result<std::optional<net::Proxy>> proxy_of(const Spec& spec, const net::Url& url) {
  if (spec.proxy == "none") return std::optional<net::Proxy>();
  if (spec.no_proxy && net::bypasses_proxy(*spec.no_proxy, url.host, url.port))
    return std::optional<net::Proxy>();
  if (!spec.proxy) {
    if (!spec.unix_socket.empty()) return std::optional<net::Proxy>();
    return net::proxy_from(spec.environment, url);
  }
  WEFT_TRY(proxy, net::parse_proxy(*spec.proxy));
  return std::optional(std::move(proxy));
}

base::Result<void> set_route(const Spec& spec, load::Target& target) {
  target.unix_socket = spec.unix_socket;
  target.resolve = spec.resolve;
  target.connect_to = spec.connect_to;
  WEFT_TRY(proxy, proxy_of(spec, target.url));
  target.proxy = std::move(proxy);
  target.tunnel = spec.tunnel.value_or(false);
  if (target.tunnel && !target.proxy)
    return Error{ExitCode::usage, "--proxy-tunnel needs a proxy", "--proxy http://HOST:PORT"};
  target.local_addresses = spec.local_addresses;
  return {};
}

base::Result<load::Target> to_target(const Spec& spec, const std::optional<std::string>& url_text) {
  load::Target target;
  if (!url_text)
    return Error{ExitCode::usage, "nothing to measure: no URL was given",
                 "weft perf run http://127.0.0.1:8080/   or   weft perf run --serve"};
  WEFT_TRY(url, net::parse_target_url(*url_text));
  target.url = std::move(url);
  target.method = spec.method.value_or(spec.body ? "POST" : "GET");
  if (!is_method(target.method))
    return Error{ExitCode::usage, fmt::format("'{}' is not an HTTP method", target.method),
                 "--method GET"};
  target.headers = spec.headers;
  target.body = spec.body.value_or("");
  WEFT_CHECK(set_route(spec, target));
  WEFT_TRY(tls, to_options(spec.tls, target.url));
  target.tls = std::move(tls);
  return target;
}

// `used`: also notes what is asked for; may be null.
base::Result<load::Values> values_of(const Spec& spec, Variables* used) {
  load::Values values;
  for (const auto& [name, file] : spec.data) {
    WEFT_TRY(table, read_table(name, file.name, file.text));
    values.tables.push_back(std::move(table));
  }
  values.variable = [&spec, used](std::string_view name) {
    auto value = spec.environment.get(name);
    if (value && used != nullptr) used->insert_or_assign(std::string(name), *value);
    return value;
  };
  return values;
}

// One kind of request with values in it.
base::Result<load::RequestKind> templated_kind(const load::Target& target,
                                               const load::Values& values) {
  load::RequestKind kind;
  kind.method = target.method;
  WEFT_TRY(path, compile_text({target.url.target, {.source = "the path of the URL"}},
                              load::Place::path, &values));
  kind.path = std::move(path);
  for (const auto& [name, text] : target.headers) {
    WEFT_TRY(value,
             compile_text({text, {.source = "--header " + name}}, load::Place::header, &values));
    kind.headers.emplace_back(name, std::move(value));
  }
  WEFT_TRY(body, compile_text({target.body, {.source = "the body"}}, load::Place::body, &values));
  kind.body = std::move(body);
  return kind;
}

// A list without a URL beside it names the service itself.
base::Result<void> set_target_of(const Spec& spec, load::Plan& plan, Variables* used) {
  const bool templated = spec.templated.value_or(!spec.data.empty());
  WEFT_TRY(values, values_of(spec, used));
  std::optional<std::string> url_text = spec.url;
  std::vector<load::RequestKind> kinds;
  if (spec.targets) {
    if (spec.method || spec.body)
      return Error{ExitCode::usage, "--method and --body are for a single target",
                   "say them in the list of --targets"};
    WEFT_TRY(entries, read_targets(spec.targets->name, spec.targets->text));
    std::optional<net::Url> base;
    if (spec.url) {
      WEFT_TRY(url, net::parse_url(*spec.url));
      base = std::move(url);
    }
    const auto body_of = [&spec](const std::string& path) -> base::Result<std::string> {
      if (!spec.bodies) return read_body(*spec.targets, path);
      const auto found = spec.bodies->find(path);
      if (found != spec.bodies->end()) return found->second;
      return Error{ExitCode::input, fmt::format("the body {} did not come with the list", path)};
    };
    WEFT_TRY(compiled, compile_targets(entries, base ? &*base : nullptr,
                                       {templated ? &values : nullptr, spec.headers, body_of}));
    kinds = std::move(compiled.kinds);
    if (!spec.url) url_text = compiled.url.scheme + "://" + compiled.url.authority() + "/";
  }
  WEFT_TRY(target, to_target(spec, url_text));
  plan.target = std::move(target);
  if (templated && !spec.targets) {
    WEFT_TRY(kind, templated_kind(plan.target, values));
    kinds.push_back(std::move(kind));
  }
  plan.kinds = std::move(kinds);
  return {};
}

}  // namespace

base::Result<void> set_target(const Spec& spec, load::Plan& plan) {
  return set_target_of(spec, plan, nullptr);
}

base::Result<Variables> variables_of(const Spec& spec) {
  load::Plan plan;
  Variables used;
  WEFT_CHECK(set_target_of(spec, plan, &used));
  return used;
}

}  // namespace weft::perf
