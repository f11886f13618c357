#include "lib/conform/identity.h"

#include <algorithm>
#include <array>

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::conform {
namespace {

using base::Result;

constexpr int kDays = 1;

bool is_spiffe_of(std::string_view path, const Workload& workload) {
  if (path == fmt::format("ns/{}/sa/{}", workload.ns, workload.account)) return true;
  if (path == fmt::format("{}_{}_svc_9091", workload.app, workload.ns)) return true;
  const auto segments = base::split(path, '/');
  return segments.size() >= 2 && segments[segments.size() - 2] == "svc" &&
         segments.back() == workload.app;
}

// The URIs in the elements of an X-Forwarded-Client-Cert header:
// By=spiffe://a;URI=spiffe://b,By=...
std::vector<std::string> from_xfcc(std::string_view header) {
  std::vector<std::string> out;
  for (const std::string_view element : base::split(header, ','))
    for (const std::string_view pair : base::split(element, ';')) {
      const auto equals = pair.find('=');
      if (equals == pair.npos ||
          !base::equal_ignoring_case(base::trim(pair.substr(0, equals)), "URI"))
        continue;
      std::string_view value = base::trim(pair.substr(equals + 1));
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
      out.emplace_back(value);
    }
  return out;
}

std::vector<std::string> whole(std::string_view header) {
  return {std::string(base::trim(header))};
}

struct CallerHeader {
  std::string_view name;
  std::vector<std::string> (*identities)(std::string_view);
};
constexpr std::array<CallerHeader, 2> kHeaders{
    {{"x-forwarded-client-cert", from_xfcc}, {"l5d-client-id", whole}}};

// All identities in the headers of that name.
std::vector<std::string> told_by(const CallerHeader& kind, const Headers& received) {
  std::vector<std::string> out;
  for (const auto& [name, value] : received)
    if (base::equal_ignoring_case(name, kind.name))
      std::ranges::move(kind.identities(value), std::back_inserter(out));
  return out;
}

}  // namespace

bool identifies(std::string_view identity, const Workload& workload) {
  constexpr std::string_view kScheme = "spiffe://";
  if (!identity.starts_with(kScheme))
    return identity.starts_with(
        fmt::format("{}.{}.serviceaccount.identity.", workload.account, workload.ns));
  identity.remove_prefix(kScheme.size());
  const auto slash = identity.find('/');
  return slash != identity.npos && is_spiffe_of(identity.substr(slash + 1), workload);
}

std::string spiffe_id(const Workload& workload) {
  return fmt::format("spiffe://{}/ns/{}/sa/{}", kTrustDomain, workload.ns, workload.account);
}

std::string wrong_caller(const Headers& received, const Workload& caller) {
  std::vector<std::string> told;
  for (const CallerHeader& kind : kHeaders) {
    const auto identities = told_by(kind, received);
    const auto right = std::ranges::count_if(
        identities, [&](const std::string& one) { return identifies(one, caller); });
    if (right > 0 && static_cast<std::size_t>(right) == identities.size()) return {};
    told.insert(told.end(), identities.begin(), identities.end());
  }
  if (told.empty()) return "the application was told of no caller";
  return fmt::format("the application was told that its caller is {}", base::join(told, " and "));
}

std::string wrong_no_caller(const Headers& received) {
  for (const CallerHeader& kind : kHeaders)
    if (const auto told = told_by(kind, received); !told.empty())
      return fmt::format("the application was told that its caller is {}",
                         base::join(told, " and "));
  return {};
}

Result<Authority> Authority::make(base::WallTime now) {
  // Older than what it issues, which may have ended already.
  const auto since = now - std::chrono::days(3 * kDays);
  WEFT_TRY(root, pki::issue_root({"weft conformance", since, 30}));
  return Authority(now, std::move(root));
}

Result<pki::Issued> Authority::issue(const Workload& workload, bool expired) const {
  const auto since = expired ? now_ - std::chrono::days(2 * kDays) : now_;
  return pki::issue_leaf({workload.account, since, kDays},
                         {spiffe_id(workload), dns_name(workload), std::string(kAnyWorkload)},
                         &root_);
}

}  // namespace weft::conform
