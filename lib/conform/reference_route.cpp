#include "lib/conform/reference_route.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/reference_attach.h"
#include "lib/conform/reference_stream.h"

namespace weft::conform {
namespace {

using doc::Value;

struct HeaderChange {
  enum Kind { set, add, remove } kind;
  std::string name;
  std::string value;
};

std::vector<HeaderChange> changes_of(std::span<const Value> filters, std::string_view type) {
  std::vector<HeaderChange> out;
  std::string key(type);
  key.front() = static_cast<char>(key.front() + ('a' - 'A'));
  for (const Value& filter : filters) {
    const Value* what = text_in(filter, "type") == type ? filter.find(key) : nullptr;
    if (what == nullptr) continue;
    for (const Value& one : list_in(*what, "set"))
      out.push_back({HeaderChange::set, text_in(one, "name"), text_in(one, "value")});
    for (const Value& one : list_in(*what, "add"))
      out.push_back({HeaderChange::add, text_in(one, "name"), text_in(one, "value")});
    for (const Value& one : list_in(*what, "remove"))
      if (one.is_string()) out.push_back({HeaderChange::remove, one.string(), ""});
  }
  return out;
}

// Where a request may go: a pod, or nowhere when the backend cannot be used.
struct Destination {
  std::string target;  // "10.77.0.3:9091"; empty: nowhere
  double weight = 0;
  std::vector<HeaderChange> changes;
};

class RouteWriter {
 public:
  RouteWriter(const ReferenceMesh& mesh, NginxText& text, const MeshPod& pod, std::string service,
              const MeshPort& port)
      : mesh_(mesh),
        text_(text),
        pod_(pod),
        service_(std::move(service)),
        port_(port.number),
        grpc_(port.speech == Speech::h2c) {}

  std::string run() {
    auto found = alternatives(mesh_, pod_, service_, port_, grpc_ ? "GRPCRoute" : "HTTPRoute");
    if (found.empty()) return {};
    if (found.size() > kMost) found.resize(kMost);
    std::string conditions;
    std::vector<std::pair<std::string, std::string>> rows;
    for (std::size_t i = 0; i < found.size(); ++i) {
      conditions += condition(found[i].match);
      rows.emplace_back("~^0{" + fmt::format("{}", i) + "}1", fmt::format("{}", i + 1));
    }
    const std::string chosen = text_.choose(conditions, "0", rows);
    std::string out, choices, places;
    for (std::size_t i = 0; i < found.size(); ++i) {
      const std::size_t code = kFirstCode + i;
      out += fmt::format("  error_page {} = @r{};\n", code, i + 1);
      choices += fmt::format("    if ({} = {}) {{ return {}; }}\n", chosen, i + 1, code);
      places += fmt::format("  location @r{} {{\n{}  }}\n", i + 1, location(found[i]));
    }
    const std::string unmatched = broken("unmatched-passes") ? pass(own_pods()) : failure(404);
    return fmt::format("{}  location / {{\n{}{}{}  }}\n{}{}", out, by_host(), choices, unmatched,
                       places, mirrors_);
  }

 private:
  // A named location is reached by an error page of a status that nothing else uses.
  static constexpr std::size_t kFirstCode = 520;
  static constexpr std::size_t kMost = 60;

  bool broken(std::string_view mutant) const { return mesh_.is_broken(mutant); }

  // As an answer of HTTP, or what stands for it in gRPC.
  std::string failure(int status) const {
    if (!grpc_) return fmt::format("    return {};\n", status);
    return grpc_failure(status == 404 ? 12 : 14);
  }

  std::string method_condition(const Value* match) {
    const Value* method = match == nullptr ? nullptr : match->find("method");
    if (method == nullptr || broken("method-ignored")) return "1";
    const bool regex = text_in(*method, "type") == "RegularExpression";
    const auto part = [&](std::string_view key) -> std::string {
      const std::string text = text_in(*method, key);
      if (text.empty()) return "[^/]+";
      return regex ? "(?:" + text + ")" : regex_quoted(text);
    };
    return text_.map("$uri", {"~^/" + part("service") + "/" + part("method") + "$"});
  }

  std::string path_condition(const Value* match) {
    const std::string prefix = prefix_of(match);
    if (path_type(match) == "Exact")
      return text_.map("$uri", {"~^" + regex_quoted(path_value(match)) + "$"});
    if (path_type(match) == "RegularExpression")
      return text_.map("$uri", {"~^(?:" + path_value(match) + ")$"});
    if (prefix.empty()) return "1";
    const char* end = broken("prefix-unsegmented") ? "" : "(/|$)";
    return text_.map("$uri", {"~^" + regex_quoted(prefix) + end});
  }

  // 1 where each of a list of {name, value} holds.
  void add_values(const Value& match, std::string_view key, std::string_view variable_of,
                  std::vector<std::string>& parts) {
    std::vector<std::string> own;
    for (const Value& one : list_in(match, key)) {
      const std::string name = text_in(one, "name");
      const std::string value = text_in(one, "value");
      const bool regex = text_in(one, "type") == "RegularExpression";
      const std::string source =
          variable_of == "header" ? header_variable(name) : "$arg_" + base::lower(name);
      own.push_back(
          text_.map(source, {regex ? "~^(?:" + value + ")$" : "~^" + regex_quoted(value) + "$"}));
    }
    if (broken("headers-or") && !own.empty())
      parts.push_back(text_.any_of(own));
    else
      parts.insert(parts.end(), own.begin(), own.end());
  }

  std::string condition(const Value* match) {
    std::vector<std::string> parts{grpc_ ? method_condition(match) : path_condition(match)};
    if (match == nullptr) return parts.front();
    if (const std::string method = text_in(*match, "method");
        !method.empty() && !grpc_ && !broken("method-ignored"))
      parts.push_back(text_.map("$request_method", {method}));
    if (!broken("headers-ignored")) add_values(*match, "headers", "header", parts);
    if (!broken("query-ignored")) add_values(*match, "queryParams", "argument", parts);
    return text_.all_of(parts);
  }

  std::vector<Destination> pods_of(const std::string& service, double weight) const {
    std::vector<Destination> out;
    const auto pods = mesh_.pods_of(service);
    out.reserve(pods.size());
    for (const MeshPod* pod : pods)
      out.push_back({fmt::format("{}:{}", pod->address,
                                 grpc_ ? row_of(Speech::h2c).port : mesh_.options().port),
                     weight / static_cast<double>(pods.size()),
                     {}});
    return out;
  }
  std::vector<Destination> own_pods() const { return pods_of(service_, 1); }

  std::vector<Destination> destinations(const Alternative& one) const {
    const auto backends = list_in(*one.rule, "backendRefs");
    if (backends.empty()) return own_pods();
    std::vector<double> weights;
    for (const Value& backend : backends) {
      const Value* weight = backend.find("weight");
      weights.push_back(weight == nullptr ? 1 : weight_of(*weight));
    }
    mesh_.break_weights(weights);
    std::vector<Destination> out;
    for (std::size_t i = 0; i < backends.size(); ++i) {
      const bool usable = backend_problem(mesh_, *one.route, backends[i]).empty();
      auto pods = usable ? pods_of(text_in(backends[i], "name"), weights[i])
                         : std::vector{Destination{"", weights[i], {}}};
      if (!usable && broken("missing-backend-skipped")) continue;
      for (Destination& pod : pods) {
        if (!broken("backend-filters-ignored"))
          pod.changes = changes_of(list_in(backends[i], "filters"), "RequestHeaderModifier");
        out.push_back(std::move(pod));
      }
    }
    return out;
  }

  std::string changed(const std::string& before, const HeaderChange& change) {
    std::string value = nginx_literal(change.value);
    const bool adds = change.kind == HeaderChange::add ||
                      (change.kind == HeaderChange::set && broken("header-set-adds"));
    if (change.kind == HeaderChange::remove) return broken("header-remove-ignored") ? before : "";
    if (!adds) return value;
    return text_.choose(before, before + "," + value, {{"", value}});
  }

  // Headers of the request, changed by the rule and by the backend that `index` names.
  std::string request_headers(const Alternative& one, const std::vector<Destination>& to,
                              const std::string& index) {
    const auto common = changes_of(list_in(*one.rule, "filters"), "RequestHeaderModifier");
    std::map<std::string, std::string> names;  // in lower case -> as written
    for (const HeaderChange& change : common) names[base::lower(change.name)] = change.name;
    for (const Destination& one_of : to)
      for (const HeaderChange& change : one_of.changes)
        names[base::lower(change.name)] = change.name;
    std::string out = grpc_ ? grpc_headers(mesh_)
                            : "    proxy_set_header Host " + host(one) +
                                  ";\n    proxy_set_header Connection \"\";\n";
    for (const auto& [lower, name] : names) {
      std::vector<std::pair<std::string, std::string>> rows;
      for (std::size_t i = 0; i < to.size(); ++i) {
        std::string value = header_variable(name);
        for (const auto* list : {&common, &to[i].changes})
          for (const HeaderChange& change : *list)
            if (base::lower(change.name) == lower) value = changed(value, change);
        rows.emplace_back(fmt::format("{}", i), value);
      }
      const bool same = std::ranges::all_of(
          rows, [&](const auto& row) { return row.second == rows.front().second; });
      const std::string value =
          same || index.empty() ? rows.front().second : text_.choose(index, "", rows);
      out += fmt::format("    {}_set_header {} \"{}\";\n", grpc_ ? "grpc" : "proxy",
                         nginx_literal(name), value);
    }
    return out;
  }

  std::string response_headers(const Alternative& one) const {
    std::string out;
    for (const HeaderChange& change :
         changes_of(list_in(*one.rule, "filters"), "ResponseHeaderModifier")) {
      const std::string name = nginx_literal(change.name);
      if (change.kind != HeaderChange::add)
        out += fmt::format("    {}_hide_header {};\n", grpc_ ? "grpc" : "proxy", name);
      if (change.kind != HeaderChange::remove && !broken("response-filters-ignored"))
        out += fmt::format("    add_header {} \"{}\" always;\n", name, nginx_literal(change.value));
    }
    return out;
  }

  static const Value* filter_of(const Alternative& one, std::string_view type,
                                std::string_view key) {
    for (const Value& filter : list_in(*one.rule, "filters"))
      if (text_in(filter, "type") == type) return filter.find(key);
    return nullptr;
  }

  std::string host(const Alternative& one) const {
    const Value* rewrite = filter_of(one, "URLRewrite", "urlRewrite");
    const std::string name = rewrite == nullptr ? "" : text_in(*rewrite, "hostname");
    return name.empty() || broken("rewrite-ignored") ? "$http_host" : nginx_literal(name);
  }

  // The target of the request once `modifier` has changed its path, query and all.
  std::string new_target(const Alternative& one, const Value* modifier) {
    if (modifier == nullptr) return "$request_uri";
    if (text_in(*modifier, "type") == "ReplaceFullPath")
      return nginx_literal(text_in(*modifier, "replaceFullPath")) + "$is_args$args";
    std::string base = nginx_literal(text_in(*modifier, "replacePrefixMatch"));
    while (base.ends_with('/')) base.pop_back();
    const std::string prefix = "~^" + regex_quoted(prefix_of(one.match));
    const std::string id = text_.variable().substr(1);
    return text_.choose("$request_uri", "$request_uri",
                        {{fmt::format("{}(?<{}p>/[^?]*)(?<{}q>\\?.*)?$", prefix, id, id),
                          fmt::format("{}${{{}p}}${{{}q}}", base, id, id)},
                         {fmt::format("{}(?<{}r>\\?.*)?$", prefix, id),
                          fmt::format("{}${{{}r}}", base.empty() ? "/" : base, id)}});
  }

  std::string redirect(const Alternative& one, const Value& how) {
    const std::string given = text_in(how, "scheme");
    const std::string scheme = given.empty() || broken("location-scheme") ? "http" : given;
    std::string name = nginx_literal(text_in(how, "hostname"));
    if (name.empty() || broken("location-host")) name = "$host";
    const std::int64_t standard = scheme == "https" ? 443 : 80;
    std::int64_t port = kube::int_at(how, {"port"}, given.empty() ? port_ : standard);
    if (broken("location-port")) port = standard;
    const Value* path = broken("location-path") ? nullptr : how.find("path");
    const std::int64_t status =
        broken("redirect-status") ? 302 : kube::int_at(how, {"statusCode"}, 302);
    return fmt::format("    return {} \"{}://{}{}{}\";\n", status, nginx_literal(scheme), name,
                       port == standard ? "" : fmt::format(":{}", port), new_target(one, path));
  }

  // Sends the request to one of `to`, whose place in the list `index` will name.
  std::string pass(const std::vector<Destination>& to, const std::string& uri = "",
                   const std::string& index = "") {
    std::vector<std::pair<std::string, std::string>> rows;
    bool nowhere = false;
    for (std::size_t i = 0; i < to.size(); ++i) {
      rows.emplace_back(fmt::format("{}", i), to[i].target);
      nowhere |= to[i].target.empty();
    }
    if (rows.empty()) return failure(503);
    const std::string own = index.empty() ? draw(to) : index;
    if (own.empty()) return failure(500);
    const std::string target = text_.choose(own, "", rows);
    return fmt::format(
        "{}    {}{}{};\n",
        nowhere ? fmt::format("    if ({} = \"\") {{\n{}    }}\n", target, failure(500)) : "",
        grpc_ ? "grpc_pass grpc://" : "proxy_pass http://", target, uri);
  }

  std::string draw(const std::vector<Destination>& to) {
    std::vector<std::pair<std::string, double>> values;
    for (std::size_t i = 0; i < to.size(); ++i)
      values.emplace_back(fmt::format("{}", i), to[i].weight);
    return text_.split(broken("split-by-connection") ? "$connection" : "$request_id", values);
  }

  std::string location(const Alternative& one) {
    if (const Value* how = filter_of(one, "RequestRedirect", "requestRedirect"))
      return redirect(one, *how);
    auto to = destinations(one);
    retry(one, to);
    const std::string index = draw(to);
    const Value* rewrite = filter_of(one, "URLRewrite", "urlRewrite");
    const Value* path =
        rewrite == nullptr || broken("rewrite-ignored") ? nullptr : rewrite->find("path");
    std::string out = request_headers(one, to, index) + response_headers(one);
    const auto limit = kube::text_at(*one.rule, {"timeouts", "request"});
    if (!limit.empty() && !broken("timeout-ignored"))
      out += fmt::format("    proxy_read_timeout {};\n", nginx_literal(limit));
    out += retries(one) + mirror(one);
    return out + pass(to, path == nullptr ? "" : new_target(one, path), index);
  }

  bool retries_wanted(const Alternative& one) const {
    return one.rule->find("retry") != nullptr && !broken("retry-ignored");
  }

  // nginx tries other servers of a group: the same one, as often as the rule says.
  void retry(const Alternative& one, std::vector<Destination>& to) {
    if (!retries_wanted(one)) return;
    for (Destination& each : to) {
      if (each.target.empty()) continue;
      const std::string name = "again" + text_.variable().substr(1);
      text_.maps += fmt::format("upstream {} {{\n", name);
      for (std::int64_t i = 0; i <= kube::int_at(*one.rule, {"retry", "attempts"}, 1); ++i)
        text_.maps += fmt::format("  server {} max_fails=0;\n", each.target);
      text_.maps += "}\n";
      each.target = name;
    }
  }

  std::string retries(const Alternative& one) const {
    if (!retries_wanted(one)) return {};
    std::string out = "    proxy_next_upstream error timeout non_idempotent";
    for (const Value& code : kube::list_at(*one.rule, {"retry", "codes"}))
      if (code.is_int()) out += fmt::format(" http_{}", code.integer());
    return out + ";\n";
  }

  std::string mirror(const Alternative& one) {
    const Value* how = filter_of(one, "RequestMirror", "requestMirror");
    const Value* backend = how == nullptr ? nullptr : how->find("backendRef");
    if (backend == nullptr || broken("mirror-ignored")) return {};
    const auto pods = pods_of(text_in(*backend, "name"), 1);
    if (pods.empty() || !backend_problem(mesh_, *one.route, *backend).empty()) return {};
    const std::string place = "/weft-mirror-" + text_.variable().substr(1);
    mirrors_ += fmt::format("  location = {} {{\n    internal;\n    proxy_pass http://{};\n  }}\n",
                            place, pods.front().target + "$request_uri");
    return fmt::format("    mirror {};\n", place);
  }

  // As if the Host of a request, and not its destination, said which service is meant.
  std::string by_host() {
    if (!broken("routes-by-host")) return {};
    std::vector<std::pair<std::string, std::string>> rows;
    for (const auto& [name, service] : mesh_.services())
      if (name != service_ && !service.address.empty())
        rows.emplace_back("~^" + regex_quoted(name) + "(\\.|:|$)",
                          fmt::format("{}:{}", service.address, service.ports.front().number));
    const std::string other = text_.choose("$http_host", "", rows);
    return fmt::format("    if ({0} != \"\") {{ proxy_pass http://{0}; break; }}\n", other);
  }

  const ReferenceMesh& mesh_;
  NginxText& text_;
  const MeshPod& pod_;
  const std::string service_;
  const std::uint16_t port_;
  const bool grpc_;
  std::string mirrors_;
};

}  // namespace

std::string route_locations(const ReferenceMesh& mesh, NginxText& text, const MeshPod& pod,
                            const std::string& service, const MeshPort& port) {
  return RouteWriter(mesh, text, pod, service, port).run();
}

}  // namespace weft::conform
