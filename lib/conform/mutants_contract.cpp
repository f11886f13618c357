// The test of the tests: the reference mesh with one behaviour broken at a time. Every mutant
// fails exactly its tests; the mesh that is not broken passes all. Needs root, ip and nginx.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iterator>
#include <set>
#include <sstream>
#include <thread>

#include "lib/base/id.h"
#include "lib/base/text.h"
#include "lib/conform/local_driver.h"
#include "lib/conform/runner.h"
#include "lib/proc/system_runner.h"
#include "lib/testkit/temp_dir.h"

using namespace std::chrono_literals;
using namespace weft::conform;

namespace {

using Ids = std::set<std::string>;

const std::string kAccess = "smi-traffic-access";
const std::string kSpecs = "smi-traffic-specs";
const std::string kSplit = "smi-traffic-split";
const std::string kMetrics = "smi-traffic-metrics";
const std::string kRoutes = "gateway-mesh-http";
const std::string kCalls = "gateway-mesh-grpc";
const std::string kData = "data-path";
const std::vector<std::string> kMtls{"mtls-strict", "mtls-permissive", "mtls-authorization"};

struct Expected {
  std::string mutant;  // empty: nothing is broken; several: "a, b"
  std::vector<std::string> suites;
  Ids fails;
  Ids may_fail{};  // by chance
  Verdict as = Verdict::fail;
};

// Worked out from what each mutant breaks and what each test demands; with the suites that have
// to do with it.
std::vector<Expected> mtls_table() {
  return {{"", kMtls, {}},
          {"mtls-off", kMtls, {"MS-1.1", "MS-1.2", "MS-1.3", "MS-1.4", "MS-1.5", "MS-1.6", "MS-1.7",
                               "MS-1.8", "MS-2.1", "MS-2.2", "MS-2.3", "MS-2.4", "MS-2.5", "MS-2.6",
                               "MP-1.2", "MP-1.3", "MP-1.4", "MA-1.1", "MA-1.2", "MA-2.1"}},
          {"plaintext-accepted", kMtls, {"MS-1.4"}},
          {"plaintext-refused", kMtls, {"MP-1.1", "MP-1.3"}},
          {"certificate-not-asked",
           kMtls,
           {"MS-1.1", "MS-1.2", "MS-1.3", "MS-1.6", "MS-1.7", "MS-1.8", "MS-2.1", "MS-2.2",
            "MS-2.6", "MP-1.2", "MP-1.4", "MA-1.1", "MA-1.2", "MA-2.1"}},
          {"no-certificate-needed", kMtls, {"MS-1.7"}},
          {"any-authority", kMtls, {"MS-1.8", "MP-1.4", "MA-1.2"}},
          {"expired-accepted", kMtls, {"MS-2.2"}},
          {"server-not-verified", kMtls, {"MS-2.3", "MS-2.4", "MS-2.5"}},
          {"server-name-ignored", kMtls, {"MS-2.5"}},
          {"identity-missing",
           kMtls,
           {"MS-1.1", "MS-1.2", "MS-1.3", "MS-2.1", "MS-2.6", "MP-1.2", "MA-1.1", "MA-2.1"}},
          {"identity-forged", kMtls, {"MS-1.3", "MP-1.3"}},
          {"identity-shared",
           kMtls,
           {"MS-1.2", "MS-1.5", "MS-2.3", "MS-2.4", "MS-2.5", "MS-2.6", "MA-1.1", "MA-1.2"}},
          {"policy-by-address", kMtls, {"MA-2.1"}},
          {"rotation-ignored", kMtls, {"MS-2.3", "MS-2.4", "MS-2.5", "MS-2.6"}}};
}

std::vector<Expected> grpc_table() {
  const std::vector<std::string> calls{kCalls};
  return {
      {"", calls, {}},
      {"weights-ignored", calls, {"MeshGRPCRouteWeight"}},
      {"weights-swapped", calls, {"MeshGRPCRouteWeight", "MeshGRPCRouteZeroWeight"}},
      {"weights-skewed", calls, {"MeshGRPCRouteWeight", "MeshGRPCRouteWeightPerRequest"}},
      {"zero-weight-leaks", calls, {"MeshGRPCRouteWeight", "MeshGRPCRouteZeroWeight"}},
      {"split-by-connection", calls, {"MeshGRPCRouteWeightPerRequest"}},
      {"update-ignored", calls, {"MeshGRPCRouteUpdate"}},
      {"delete-ignored", calls, {"MeshGRPCRouteUpdate", "MeshGRPCRouteCrossNamespace"}},
      {"method-ignored",
       calls,
       {"MeshGRPCRouteMethodMatching", "MeshGRPCRouteUnmatched", "MeshGRPCRouteMissingBackend",
        "MeshGRPCRouteCrossNamespace"}},
      {"headers-ignored",
       calls,
       {"MeshGRPCRouteHeaderMatching", "MeshGRPCRouteRequestHeaderModifier"}},
      {"headers-or", calls, {"MeshGRPCRouteHeaderMatching"}},
      {"precedence-ignored", calls, {"MeshGRPCRouteMethodMatching"}},
      {"unmatched-passes",
       calls,
       {"MeshGRPCRouteMethodMatching", "MeshGRPCRouteHeaderMatching", "MeshGRPCRouteUnmatched"}},
      {"grant-ignored", calls, {"MeshGRPCRouteCrossNamespace"}},
      {"status-missing",
       calls,
       {"MeshGRPCRouteMissingBackend", "MeshGRPCRouteConditions", "MeshGRPCRouteCrossNamespace"}},
      {"first-parent-only", calls, {"MeshGRPCRouteTwoParents"}},
      {"consumer-route-ignored", calls, {"MeshGRPCRouteConsumer"}},
      {"consumer-route-for-all", calls, {"MeshGRPCRouteConsumer"}},
      {"header-set-adds", calls, {"MeshGRPCRouteRequestHeaderModifier"}},
      {"header-remove-ignored", calls, {"MeshGRPCRouteRequestHeaderModifier"}}};
}

std::vector<Expected> data_table() {
  const std::vector<std::string> data{kData};
  return {{"", data, {}},
          {"headers-dropped", data, {"DP-1.1"}},
          {"headers-first-value", data, {"DP-1.2"}},
          {"bodies-dropped", data, {"DP-1.3", "DP-1.6"}},
          {"answers-truncated", data, {"DP-1.4"}},
          {"connections-closed", data, {"DP-1.5", "DP-2.1"}},
          {"statuses-hidden", data, {"DP-1.7"}},
          {"upgrade-ignored", data, {"DP-1.8"}},
          {"http2-downgraded", data, {"DP-2.1", "DP-2.2"}},
          {"trailers-dropped", data, {"DP-2.2"}},
          {"tcp-dropped", data, {"DP-3.1", "DP-3.3"}},
          {"server-first-waits", data, {"DP-3.2"}},
          {"half-close-ignored", data, {"DP-3.3"}},
          {"udp-dropped", data, {"DP-4.1"}}};
}

std::vector<Expected> table() {
  const std::vector<std::string> all{kAccess, kSpecs, kSplit};
  const std::vector<std::string> policy{kAccess, kSpecs};
  const std::vector<std::string> split{kSplit};
  const std::vector<std::string> routes{kRoutes};
  return {
      {"", all, {}},
      {"", {kRoutes, kMetrics}, {}},
      // No answer is no denial, unless the suite says so; slow, so it begins early.
      {"deny-blackhole",
       {kAccess},
       {"TA-1.2.1", "TA-1.2.3", "TA-1.2.5", "TA-2.1", "TA-2.2", "TA-2.3", "TA-2.4", "TA-2.5"}},
      {"deny-reset", policy, {}},
      {"stale-config", {kAccess}, {}},
      {"weights-ignored",
       {kSplit, kRoutes},
       {"TS-1.2.7", "TS-1.2.9", "TS-2.1", "MeshHTTPRouteWeight"}},
      {"weights-swapped",
       {kSplit, kRoutes},
       {"MeshHTTPRouteWeight", "MeshHTTPRouteZeroWeight", "TS-1.2.3", "TS-1.2.5", "TS-1.2.7",
        "TS-1.2.9", "TS-2.1", "TS-2.4", "TS-2.5", "TS-2.7"}},
      {"weights-skewed",
       {kSplit, kRoutes},
       {"TS-1.2.7", "TS-1.2.9", "TS-2.1", "TS-2.3", "MeshHTTPRouteWeight",
        "MeshHTTPRouteWeightPerRequest"}},
      {"zero-weight-leaks",
       {kSplit, kRoutes},
       {"TS-1.2.3", "TS-1.2.5", "TS-2.4", "TS-2.7", "MeshHTTPRouteWeight",
        "MeshHTTPRouteZeroWeight"}},
      {"split-ignored",
       split,
       {"TS-1.2.3", "TS-1.2.5", "TS-1.2.7", "TS-1.2.9", "TS-2.1", "TS-2.2", "TS-2.4", "TS-2.5",
        "TS-2.6", "TS-2.7"}},
      {"split-by-connection", {kSplit, kRoutes}, {"TS-2.3", "MeshHTTPRouteWeightPerRequest"}},
      {"restart-midway", split, {"TS-1.2.3", "TS-1.2.7", "TS-1.2.9", "TS-2.1", "TS-2.3", "TS-2.7"}},
      {"split-matches-ignored", split, {"TS-2.6"}},
      {"split-outside", split, {"TS-2.7"}},
      {"backend-errors",
       split,
       {"TS-1.2.3", "TS-1.2.7", "TS-1.2.9", "TS-2.1", "TS-2.3"},
       {"TS-1.2.1", "TS-2.4", "TS-2.5", "TS-2.6", "TS-2.7"}},
      {"update-ignored", {kSplit, kRoutes}, {"TS-2.4", "MeshHTTPRouteUpdate"}},
      {"delete-ignored",
       {kAccess, kSplit, kRoutes},
       {"TA-1.2.1", "TA-1.2.3", "TA-1.2.5", "TA-2.1", "TA-2.2", "TA-2.3", "TA-2.4", "TA-2.5",
        "TS-2.5", "MeshHTTPRouteUpdate", "MeshHTTPRouteCrossNamespace"}},
      {"default-allow",
       {kAccess},
       {"TA-1.2.1", "TA-1.2.3", "TA-1.2.5", "TA-2.1", "TA-2.2", "TA-2.3", "TA-2.4", "TA-2.5"}},
      {"nothing-gets-in",
       {kAccess},
       {"TA-1.1.1", "TA-1.2.1", "TA-1.2.3", "TA-1.2.5", "TA-2.1", "TA-2.2", "TA-2.3", "TA-2.4",
        "TA-2.5"}},
      {"any-source", {kAccess}, {"TA-2.1", "TA-2.3"}},
      {"any-direction", {kAccess}, {"TA-2.2"}},
      {"first-source-only", {kAccess}, {"TA-2.4"}},
      {"outside-allowed", {kAccess}, {"TA-2.5"}},
      {"ports-ignored", {kAccess}, {"TA-2.3"}},
      {"path-ignored", {kSpecs}, {"TSC-1.2.2", "TSC-2.1", "TSC-2.2", "TSC-2.5"}},
      {"path-unanchored", {kSpecs}, {"TSC-2.1"}},
      {"method-ignored", {kSpecs, kRoutes}, {"TSC-1.2.4", "MeshHTTPRouteMethodMatching"}},
      {"headers-or", {kSpecs}, {"TSC-2.2"}},
      {"headers-ignored",
       {kSpecs, kSplit, kRoutes},
       {"TSC-2.2", "TS-2.6", "MeshHTTPRouteMatching"}},
      {"first-match-only", {kSpecs}, {"TSC-2.2", "TSC-2.3"}},
      {"rule-matches-ignored", {kSpecs}, {"TSC-2.5"}},
      {"precedence-ignored", routes, {"MeshHTTPRouteMatching", "MeshHTTPRouteQueryParamMatching"}},
      {"prefix-unsegmented", routes, {"MeshHTTPRouteMatching"}},
      {"query-ignored", routes, {"MeshHTTPRouteQueryParamMatching"}},
      {"unmatched-passes",
       routes,
       {"MeshTrafficSplit", "MeshHTTPRouteQueryParamMatching", "MeshHTTPRouteUnmatched",
        "MeshHTTPRouteMethodMatching"}},
      {"missing-backend-skipped",
       routes,
       {"MeshHTTPRouteMissingBackend", "MeshHTTPRouteCrossNamespace"}},
      {"grant-ignored", routes, {"MeshHTTPRouteCrossNamespace"}},
      {"status-missing",
       routes,
       {"MeshHTTPRouteMissingBackend", "MeshHTTPRouteConditions", "MeshHTTPRouteCrossNamespace"}},
      {"first-parent-only", routes, {"MeshHTTPRouteTwoParents"}},
      {"parent-port-ignored", routes, {"MeshPorts"}},
      {"routes-by-host", routes, {"MeshFrontendHostname"}},
      {"consumer-route-ignored", routes, {"MeshConsumerRoute", "MeshProducerAndConsumer"}},
      {"consumer-route-for-all", routes, {"MeshConsumerRoute", "MeshProducerAndConsumer"}},
      {"producer-first", routes, {"MeshProducerAndConsumer"}},
      {"header-set-adds",
       routes,
       {"MeshHTTPRouteRequestHeaderModifier", "MeshHTTPRouteBackendRequestHeaderModifier"}},
      {"header-remove-ignored",
       routes,
       {"MeshHTTPRouteRequestHeaderModifier", "MeshHTTPRouteBackendRequestHeaderModifier",
        "MeshHTTPRouteRewritePath"}},
      {"backend-filters-ignored", routes, {"MeshHTTPRouteBackendRequestHeaderModifier"}},
      {"response-filters-ignored",
       routes,
       {"MeshFrontend", "MeshFrontendHostname", "MeshPorts", "MeshConsumerRoute",
        "MeshProducerAndConsumer", "MeshHTTPRouteOmittedBackends"}},
      {"rewrite-ignored", routes, {"MeshHTTPRouteRewritePath"}},
      {"redirect-status",
       routes,
       {"MeshHTTPRouteRedirectHostAndStatus", "MeshHTTPRouteRedirectPath",
        "MeshHTTPRouteRedirectPort", "MeshHTTPRouteSchemeRedirect", "MeshHTTPRoute303Redirect",
        "MeshHTTPRoute307Redirect", "MeshHTTPRoute308Redirect"}},
      {"location-scheme", routes, {"MeshHTTPRouteSchemeRedirect"}},
      {"location-host",
       routes,
       {"MeshHTTPRouteRedirectHostAndStatus", "MeshHTTPRouteRedirectPath",
        "MeshHTTPRouteRedirectPort", "MeshHTTPRouteSchemeRedirect", "MeshHTTPRoute303Redirect",
        "MeshHTTPRoute307Redirect", "MeshHTTPRoute308Redirect"}},
      {"location-port", routes, {"MeshHTTPRouteRedirectPort"}},
      {"location-path", routes, {"MeshHTTPRouteRedirectPath"}},
      {"mirror-ignored", routes, {"MeshHTTPRouteRequestMirror"}},
      {"timeout-ignored", routes, {"MeshHTTPRouteTimeout"}},
      {"retry-ignored", routes, {"MeshHTTPRouteRetry"}},
      {"metrics-undercount", {kMetrics}, {"TM-2.2"}},
      {"metrics-no-failures", {kMetrics}, {"TM-2.3"}},
      {"metrics-quantiles-swapped", {kMetrics}, {"TM-2.4"}},
      {"metrics-edges-reversed", {kMetrics}, {"TM-3.1"}},
      {"journal-blocked",
       policy,
       {"TA-1.2.1", "TA-1.2.3", "TA-1.2.5", "TA-2.1", "TA-2.2", "TA-2.3", "TA-2.4", "TA-2.5",
        "TSC-1.2.2", "TSC-1.2.4", "TSC-2.1", "TSC-2.2", "TSC-2.3", "TSC-2.4", "TSC-2.5"},
       {},
       Verdict::error}};
}

std::vector<Expected> all_rows() {
  auto out = table();
  for (auto more : {mtls_table(), grpc_table(), data_table()})
    std::ranges::move(more, std::back_inserter(out));
  return out;
}

// Mutants of routes, calls and the data path that fail no test in common are run together: a test
// that fails tells which of them it found. WEFT_MUTANTS=each runs them one by one.
std::vector<Expected> grouped(std::vector<Expected> rows) {
  std::vector<Expected> out;
  for (Expected& row : rows) {
    const auto fits = [&](const Expected& group) {
      return !row.mutant.empty() && !group.mutant.empty() && group.suites == row.suites &&
             std::ranges::none_of(row.fails,
                                  [&](const auto& id) { return group.fails.contains(id); });
    };
    const bool alone = row.suites != std::vector{kRoutes} && row.suites != std::vector{kCalls} &&
                       row.suites != std::vector{kData};
    const auto group = alone ? out.end() : std::ranges::find_if(out, fits);
    if (group == out.end()) {
      out.push_back(std::move(row));
      continue;
    }
    group->mutant += ", " + row.mutant;
    group->fails.merge(row.fails);
  }
  return out;
}

struct Ran {
  std::string problem;  // the run itself failed
  Run run;
};

Ran run_against(const Expected& expected, unsigned subnet, weft::base::Nanoseconds patience,
                weft::proc::Runner& runner) {
  const weft::testkit::TempDir dir;
  const std::string id = weft::base::new_id(weft::base::system_clock().wall());
  LocalOptions options{
      .weft = std::getenv("WEFT_BINARY"), .folder = dir.path(), .name = "weft-" + id.substr(16)};
  options.subnet = subnet;
  for (const std::string_view name : weft::base::split(expected.mutant, ','))
    if (!name.empty()) options.broken.emplace(weft::base::trim(name));
  LocalDriver driver(std::move(options), runner);
  std::vector<OpenSuite> suites;
  for (const std::string& name : expected.suites) suites.push_back(*open_suite(name));
  const weft::base::StopFlag never;
  RunOptions how{.clock = weft::base::system_clock(), .stop = never, .id = id};
  // A test of kept connections, or one whose pods are gone, is disturbed by others.
  how.workers = expected.mutant == "restart-midway" ? 1 : 2;
  how.settle_limit = patience;
  auto run = run_suites(driver, suites, how);
  if (!run.ok()) return {run.error().message + ": " + run.error().cause, {}};
  return {"", *std::move(run)};
}

// What is not as expected, a line each.
std::string differences(const Expected& expected, const Ran& ran) {
  std::ostringstream out;
  if (!ran.problem.empty()) out << "  " << ran.problem << "\n";
  for (const Suite& suite : ran.run.suites)
    for (const Test& test : suite.tests) {
      const Verdict wanted = expected.fails.contains(test.id) ? expected.as : Verdict::pass;
      if (test.verdict == wanted || expected.may_fail.contains(test.id)) continue;
      out << "  " << test.id << " is " << name_of(test.verdict) << ", not " << name_of(wanted)
          << ": " << test.reason << "\n";
    }
  if (ran.run.cleanup && !ran.run.cleanup->complete) out << "  something is left over\n";
  return out.str();
}

// A change takes effect within a fraction of a second here, but hundreds of requests that look like
// a distribution may take long on a busy machine: where time ran out, there is more of it once.
std::string differences(const Expected& expected, unsigned subnet, weft::proc::Runner& runner) {
  const auto patience = expected.fails.empty() ? 30s : 5s;
  std::string out = differences(expected, run_against(expected, subnet, patience, runner));
  if (out.find("not within") != std::string::npos)
    out = differences(expected, run_against(expected, subnet, 30s, runner));
  return out;
}

}  // namespace

TEST_CASE("every mutant of the reference mesh fails exactly its tests") {
  REQUIRE(std::getenv("WEFT_BINARY") != nullptr);
  auto rows = all_rows();
  if (const char* only = std::getenv("WEFT_MUTANT"))  // while working on one of them
    std::erase_if(rows, [&](const Expected& row) { return row.mutant != only; });
  if (const char* only = std::getenv("WEFT_MUTANTS_OF"))  // a suite
    std::erase_if(rows, [&](const Expected& row) {
      return std::ranges::count(row.suites, std::string(only)) == 0;
    });
  if (std::getenv("WEFT_MUTANTS") == nullptr) rows = grouped(std::move(rows));
  std::vector<std::string> found(rows.size());
  weft::proc::SystemRunner runner(weft::base::Environment::of_process());
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 6; ++i)  // more than processors: who waits in vain needs none
    threads.emplace_back([&, subnet = 100 + i] {
      for (std::size_t n = next++; n < rows.size(); n = next++)
        found[n] = differences(rows[n], subnet, runner);
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    INFO((rows[i].mutant.empty() ? "not broken" : rows[i].mutant) << "\n" << found[i]);
    CHECK(found[i].empty());
  }
}

TEST_CASE("every mutant is in the table") {
  Ids listed;
  for (const Expected& row : all_rows()) listed.insert(row.mutant);
  for (const Mutant& mutant : mutants()) CHECK(listed.contains(std::string(mutant.name)));
}
