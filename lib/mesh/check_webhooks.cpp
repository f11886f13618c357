#include "lib/mesh/check_webhooks.h"

#include <algorithm>
#include <set>

#include "lib/base/base64.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/object.h"
#include "lib/pki/certificate.h"

namespace weft::mesh {
namespace {

// A bundle about to end is renewed by its owner long before; when it is this near, nobody does.
constexpr long kBundleDays = 14;
constexpr std::size_t kShownNamespaces = 4;

struct Service {
  std::string ns;
  std::string name;
  std::string text() const { return fmt::format("Service {}/{}", ns, name); }
};

// What is wrong with one webhook, and how far it reaches.
struct Fault {
  std::string webhook;
  std::string reason;
  std::string blocks;  // empty when its failure policy lets requests pass
  bool blocks_us = false;
};

Service service_of(const doc::Value& webhook) {
  return {std::string(kube::text_at(webhook, {"clientConfig", "service", "namespace"})),
          std::string(kube::text_at(webhook, {"clientConfig", "service", "name"}))};
}

bool is_ready_endpoint(const doc::Value& endpoint) {
  return kube::bool_at(endpoint, {"conditions", "ready"}, true) &&
         !kube::list_at(endpoint, {"addresses"}).empty();
}

bool answers(const Snapshot& snapshot, const Service& service) {
  return std::ranges::any_of(snapshot.endpoints, [&](const kube::Object& slice) {
    return kube::namespace_of(slice) == service.ns &&
           kube::label_of(slice, "kubernetes.io/service-name") == service.name &&
           std::ranges::any_of(kube::list_at(slice, {"endpoints"}), is_ready_endpoint);
  });
}

std::string why_silent(const Snapshot& snapshot, const Service& service) {
  if (snapshot.knows(Part::namespaces) && snapshot.ns(service.ns) == nullptr)
    return fmt::format("the namespace of its {} is gone", service.text());
  return fmt::format("its {} has no ready endpoints", service.text());
}

// Empty when the bundle is there and good, or there is none to judge.
std::string bundle_fault(const doc::Value& webhook, base::WallTime now, bool& ended) {
  ended = true;
  const auto text = kube::text_at(webhook, {"clientConfig", "caBundle"});
  if (text.empty()) return "its caBundle is empty";
  const auto pem = base::base64_decode(text);
  if (!pem) return "its caBundle is not base64";
  const auto certificates = pki::read_certificates(*pem, "its caBundle");
  if (!certificates) return certificates.error().message;
  long best = pki::days_left(certificates->front(), now);
  for (const auto& certificate : *certificates)
    best = std::max(best, pki::days_left(certificate, now));
  if (best < 0) return fmt::format("its caBundle ended {} days ago", -best);
  ended = false;
  return best < kBundleDays ? fmt::format("its caBundle ends in {} days", best) : "";
}

bool is_fail_policy(const doc::Value& webhook) {
  return kube::text_at(webhook, {"failurePolicy"}, "Fail") == "Fail";
}

// The existing namespaces whose requests go to the webhook.
std::vector<std::string> reached(const Snapshot& snapshot, const doc::Value& webhook) {
  const doc::Value* selector = kube::at(webhook, {"namespaceSelector"});
  std::vector<std::string> names;
  for (const auto& ns : snapshot.namespaces)
    if (selector == nullptr || kube::matches(selector, kube::at(ns, {"metadata", "labels"})))
      names.emplace_back(kube::name_of(ns));
  return names;
}

std::string in_namespaces(const Snapshot& snapshot, std::vector<std::string> names) {
  if (names.size() == snapshot.namespaces.size()) return "in every namespace";
  const std::size_t more = names.size() > kShownNamespaces ? names.size() - kShownNamespaces : 0;
  names.resize(names.size() - more);
  return fmt::format("in {}{}", base::join(names, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : "");
}

// Only objects that carry labels of its choice: those that nobody labelled pass.
bool is_for_the_labelled(const doc::Value& webhook) {
  const doc::Value* selector = kube::at(webhook, {"objectSelector"});
  return selector != nullptr && !kube::matches(selector, nullptr);
}

void judge_reach(const Snapshot& snapshot, const doc::Value& webhook,
                 const std::vector<std::string>& ours, Fault& fault) {
  if (!is_fail_policy(webhook)) return;
  const auto names = reached(snapshot, webhook);
  if (names.empty()) return;
  fault.blocks = fmt::format("{} {}", intercepted(webhook), in_namespaces(snapshot, names));
  if (is_for_the_labelled(webhook)) {
    fault.blocks += ", of those with its labels";
    return;
  }
  const std::set<std::string> wanted(ours.begin(), ours.end());
  fault.blocks_us = wanted.empty() || std::ranges::any_of(names, [&](const std::string& name) {
                      return wanted.contains(name);
                    });
}

bool is_own(const WebhookQuestion& question, std::string_view name) {
  return std::ranges::any_of(question.own, [&](const auto& own) { return fits(own, name); });
}

void report_faults(const kube::Object& configuration, std::string_view check,
                   const std::vector<Fault>& faults, const WebhookQuestion& question,
                   CheckReport& report) {
  if (faults.empty()) return;
  const kube::Ref ref = kube::ref_of(configuration);
  std::vector<std::string> lines;
  bool blocks_us = false;
  for (const Fault& fault : faults) {
    blocks_us = blocks_us || fault.blocks_us;
    std::string line = fmt::format("webhook {}: {}", fault.webhook, fault.reason);
    if (!fault.blocks.empty()) line += fmt::format("; it blocks {}", fault.blocks);
    lines.push_back(std::move(line));
  }
  const bool fail = blocks_us && !is_own(question, ref.name);
  report.add(check, fail ? Verdict::fail : Verdict::warn, base::join(lines, "; "), ref.text(),
             check == "webhook-endpoints"
                 ? fmt::format("if its owner is gone: kubectl delete {} {}", base::lower(ref.kind),
                               ref.name)
                 : "");
}

}  // namespace

std::string intercepted(const doc::Value& webhook) {
  std::vector<std::string> operations;
  std::vector<std::string> resources;
  const auto add = [](std::vector<std::string>& out, const doc::Value& item) {
    if (!item.is_string()) return;
    std::string text = item.string() == "*" ? "everything" : base::lower(item.string());
    if (std::ranges::count(out, text) == 0) out.push_back(std::move(text));
  };
  for (const auto& rule : kube::list_at(webhook, {"rules"})) {
    for (const auto& operation : kube::list_at(rule, {"operations"})) add(operations, operation);
    for (const auto& resource : kube::list_at(rule, {"resources"})) add(resources, resource);
  }
  return fmt::format("{} {}", base::join(operations, "/"), base::join(resources, ", "));
}

void check_webhooks(const Snapshot& snapshot, const WebhookQuestion& question,
                    CheckReport& report) {
  if (!snapshot.knows(Part::webhooks) || !snapshot.knows(Part::endpoints)) {
    const Part missing = snapshot.knows(Part::webhooks) ? Part::endpoints : Part::webhooks;
    const auto reason = snapshot.unknown.find(missing);
    report.add("webhook-endpoints", Verdict::skip,
               reason == snapshot.unknown.end() ? "not asked for" : reason->second);
    return;
  }
  const std::size_t before = report.results.size();
  for (const auto& configuration : snapshot.webhooks) {
    std::vector<Fault> silent;
    std::vector<Fault> untrusted;
    for (const auto& webhook : kube::list_at(configuration, {"webhooks"})) {
      const Service service = service_of(webhook);
      if (service.name.empty()) continue;  // called by URL: outside of the cluster
      Fault fault{.webhook = std::string(kube::text_at(webhook, {"name"}))};
      judge_reach(snapshot, webhook, question.namespaces, fault);
      if (!answers(snapshot, service)) {
        fault.reason = why_silent(snapshot, service);
        silent.push_back(std::move(fault));
        continue;
      }
      bool ended = false;
      fault.reason = bundle_fault(webhook, question.now, ended);
      fault.blocks_us = fault.blocks_us && ended;
      if (!ended) fault.blocks.clear();
      if (!fault.reason.empty()) untrusted.push_back(std::move(fault));
    }
    report_faults(configuration, "webhook-endpoints", silent, question, report);
    report_faults(configuration, "certificate-webhook", untrusted, question, report);
  }
  if (report.results.size() == before)
    report.add("webhook-endpoints", Verdict::ok,
               base::plural(snapshot.webhooks.size(), "configuration"));
}

}  // namespace weft::mesh
