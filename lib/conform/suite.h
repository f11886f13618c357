// A conformance suite as written: which API resources it needs, which applications it talks to,
// and for every test the steps that prove or refute one behaviour. Suites are YAML; their texts
// may name what a run makes up ("http://$apex:9091/echo"), see names.h; $text8k is one of 8 KiB.
//
//   WEFT_TRY(suite, read_suite(document, {.ns = "weft-1"}));
//   for (const TestSpec& test : suite.tests) list(test.id, test.title);
//
// Everything is bounded: 200 tests, 60 steps of a test, 40 cases of a step, 50'000 requests of a
// step, 5 pods of an application, bodies of 4 MiB.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lib/base/number.h"
#include "lib/base/result.h"
#include "lib/conform/result.h"
#include "lib/doc/value.h"

namespace weft::conform {

inline constexpr std::size_t kMaxTests = 200;
inline constexpr std::size_t kMaxSteps = 60;
inline constexpr std::size_t kMaxCases = 40;
inline constexpr std::uint64_t kMaxRequests = 50'000;
inline constexpr std::uint64_t kMaxReplicas = 5;
inline constexpr std::uint64_t kMaxBodySize = 4u << 20;
inline constexpr std::uint64_t kMaxSuiteBytes = 1u << 20;

// A kind of the API under test; the version of the first one is that of the standard. Of
// `versions`, best first, the first one served is used, with the template "<template>-<version>".
struct ResourceSpec {
  std::string id;  // "split"
  std::string group;
  std::string kind;
  std::string form;  // name of its templates; the kind in lower case when not given
  std::vector<std::string> versions;
  bool aggregated = false;  // served by an API server of its own, not as a custom resource
  doc::Position at{};
};

struct AppSpec {
  std::string name;
  std::string account;   // service account, the identity of the application
  std::string version;   // a label
  std::string space;     // "consumer": in the namespace "<namespace>-consumer" instead of the run's
  bool outside = false;  // has no proxy of the mesh
};

// The namespace of an application, or of an object with this `space`.
std::string space_name(const std::string& ns, const std::string& space);

// Whom a suite means. A mesh names a workload by its service account or by its application.
struct Workload {
  std::string ns, account, app;
};

// Whether applications of the mesh take requests in plain text: `any` says nothing about it.
enum class Mtls { any, permissive, strict };

Workload workload_of(const AppSpec& app, const std::string& ns);  // of the run's namespace

struct FixtureSpec {
  std::vector<AppSpec> apps;
  bool deny = false;  // whether the mesh lets through only what is allowed
  Mtls mtls = Mtls::any;

  const AppSpec* find(std::string_view name) const;
};

// `foreign`: by an authority that the mesh does not know. The others are the mesh's own.
enum class CertificateKind { valid, expired, foreign };

// A certificate with the identity of an application.
struct CertificateSpec {
  std::string of;  // application
  CertificateKind kind = CertificateKind::valid;
};

// How a prober speaks TLS. Suites leave it alone: they ask what there is, whoever it is.
struct TlsWish {
  bool verify = false;
  std::string ca;                      // in PEM; empty: the authorities this machine trusts
  std::string server_name;             // to ask for; empty: the host of the URL
  std::vector<std::string> protocols;  // to offer by ALPN; empty: what the URL says
  std::string curves;                  // as net::TlsClientOptions
  bool only_1_3 = false;
};

struct RequestSpec {
  // Of a scheme of protocols.h; with https:// and its like the prober itself speaks TLS, to what is
  // beside the application.
  std::string url;
  std::string method = "GET";
  std::string body;
  std::uint64_t body_size = 0;  // instead of `body`, bytes of sized_text()
  std::multimap<std::string, std::string> headers;
  base::Nanoseconds timeout = std::chrono::seconds(5);
  std::uint64_t connections = 0;  // kept open and used in turn; 0: a new one for every request
  bool server_first = false;      // over TCP: nothing is sent before the server has said a line
  bool half_close = false;        // over TCP: all that is sent is sent before anything is read
  std::optional<CertificateSpec> shows;  // as a client of TLS
  std::string certificate, key;          // the same in PEM, for the prober; empty: none
  TlsWish tls;
};

struct LocationSpec {
  std::optional<std::string> scheme, host, port, path;
};

// What a prober that speaks TLS sees of the other side, whatever becomes of its request.
struct TlsSpec {
  std::optional<Workload> identity;
  bool asks_certificate = false;
  bool renewed = false;  // the certificate is not the one that this test saw last
};

// What every answer of a probe has to be. Empty parts demand nothing.
struct ExpectSpec {
  std::vector<std::int64_t> status;          // of HTTP
  std::optional<std::uint64_t> grpc_status;  // of gRPC
  bool denied = false;                       // see denied() in outcome.h
  bool timeout_denies = false;               // silence counts as a denial
  std::vector<std::string> backends;         // applications that may answer
  // As the application received it.
  std::optional<std::string> path, method, host;
  std::optional<std::string> protocol;  // "HTTP/2.0"
  std::optional<std::uint64_t> body_size;
  std::multimap<std::string, std::string> headers;  // all values of a name, in order
  std::vector<std::string> absent_headers;
  std::optional<Workload> caller;  // whom the mesh names to the application
  bool no_caller = false;          // it names nobody
  // As the client received it. Trailers are headers, too.
  std::optional<std::uint64_t> answer_size;  // of the body
  bool kept_open = false;                    // every kept connection served all its requests
  std::map<std::string, std::string> response_headers;
  std::vector<std::string> absent_response_headers;
  std::optional<LocationSpec> location;
  std::optional<TlsSpec> tls;
  std::map<std::string, double> shares;  // by application; sums to 1
  double margin = 0.10;
  double alpha = 0.01;
  bool per_request = false;                  // each kept connection reaches every backend
  std::optional<std::uint64_t> server_hits;  // requests that reached any application
};

// What the ports of a service speak, and with it the port of the applications they lead to.
enum class Speech { http, h2c, tcp, server_first, udp };
struct SpeechRow {
  Speech speech;
  std::string_view name;          // in suites
  std::uint16_t port;             // of the applications
  std::string_view transport;     // of a Service
  std::string_view app_protocol;  // likewise; empty: none
};
std::span<const SpeechRow> speeches();
const SpeechRow& row_of(Speech speech);

// A service over the pods of some applications, with a name of its own for every test.
struct ServiceStep {
  std::string name;  // of the object
  std::vector<std::string> apps;
  std::vector<std::uint16_t> ports;  // all lead to the port of the applications
  bool headless = false;             // the name stands for the pods themselves
  Speech speech = Speech::http;
};
struct ApplyStep {
  std::string resource;  // ResourceSpec::id
  std::string name;      // of the object
  doc::Value vars;
};
struct DeleteStep {
  std::string resource;
  std::string name;
};
// Until an applied object has these conditions, in status.conditions or of every one of
// status.parents, and these values.
struct WaitStep {
  std::string name;                               // of the object
  std::map<std::string, std::string> conditions;  // "ResolvedRefs" -> "False"
  std::map<std::string, std::string> reasons;     // "ResolvedRefs" -> "BackendNotFound"
  std::map<std::string, std::string> equals;      // "status.phase" -> "Ready"
  base::Nanoseconds within = std::chrono::seconds(60);
};
// Pods of an application, until they are ready. Back to one at the end of the test.
struct ScaleStep {
  std::string app;
  std::uint64_t replicas = 1;
};
// New pods in place of the old ones, until they are ready.
struct RestartStep {
  std::string app;
};
// A program on the machine that runs the suite; it fails unless it ends with 0. Only where the user
// allows it.
struct ScriptStep {
  std::vector<std::string> command;
  base::Nanoseconds timeout = std::chrono::seconds(60);
};
// Until the new configuration is seen to be live: `consecutive` answers in a row that all meet
// `expect`, among them one of every application in `seen`; where `expect` has shares, answers that
// are divided like them, which an even split before the change took effect is not. While proxies
// change over, old and new answers alternate: a few good ones in a row prove little.
struct SettleStep {
  std::string from;
  RequestSpec request;
  ExpectSpec expect;
  std::vector<std::string> seen;
  std::uint64_t consecutive = 20;
  base::Nanoseconds within = std::chrono::seconds(30);
};
// A request that must succeed before and after a denied one: proof that it was not an outage.
struct ControlSpec {
  std::string from;
  std::string url;
};
struct ProbeStep {
  std::string from;
  RequestSpec request;
  ExpectSpec expect;
  std::uint64_t count = 1;  // 0: as many as the statistics of `shares` need
  std::optional<ControlSpec> control;
};
// A GET on the API server: TrafficMetrics are no custom resources. Places in the answer are written
// "resource.kind", "items.0.name", "metrics.name=success_count.value": the item of that name,
// "items.edge/resource/name=app-a.edge": the item in whose edge's resource the name is that.
struct RawStep {
  std::string resource;  // its group and version stand before the path; empty: the path is whole
  std::string path;
  std::map<std::string, std::string> equals;  // "kind" -> "TrafficMetrics"
  std::vector<std::string> present;
  std::map<std::string, double> at_least;  // quantities: 50, "50", "12m"
  std::vector<std::string> ascending;      // quantities, none less than the one before
  base::Nanoseconds within{0};             // asked again until then
};
// The proxy of an application gets another certificate, until the test is over.
struct ReissueStep {
  std::string app;
  CertificateSpec certificate;
};
using Action = std::variant<ServiceStep, ApplyStep, DeleteStep, WaitStep, ScaleStep, RestartStep,
                            SettleStep, ProbeStep, RawStep, ScriptStep, ReissueStep>;

struct StepSpec {
  Action action;
  doc::Position at{};
};

enum class Isolation { service, ns, exclusive };

struct TestSpec {
  std::string id;
  std::string title;
  Level level = Level::core;
  std::string capability;
  std::vector<std::string> resources;               // ids that must be served
  std::map<std::string, std::string> min_versions;  // of them
  std::string bundle;                               // of the Gateway API, at least: "v1.5.0"
  std::string channel;                              // of it: "experimental"; empty: any
  std::vector<std::string> features;                // of the standard, beyond its core
  bool provisional = false;                         // counts nowhere yet
  Isolation isolation = Isolation::service;
  std::vector<StepSpec> steps;
  doc::Position at{};
};

struct SuiteSpec {
  std::string name;
  std::string version;
  std::string standard;
  std::string summary;
  std::vector<ResourceSpec> resources;
  FixtureSpec fixture;
  std::vector<TestSpec> tests;

  const ResourceSpec* find(std::string_view resource) const;
};

// Digits over and over, so that what is lost in the middle shows.
std::string sized_text(std::uint64_t size);

// What services of its tests speak besides HTTP/1.1.
std::set<Speech> speeches_of(const SuiteSpec& suite);

// Some step needs a certificate of the mesh's own authority.
bool needs_authority(const TestSpec& test);

struct Reading {
  SuiteSpec suite;
  std::vector<base::Error> problems;  // with positions; a test with one is left out
};

// Every step type with what it does, for help and did-you-mean.
struct StepType {
  std::string_view name;
  std::string_view meaning;
};
std::vector<StepType> step_types();

// The names of objects are made of `ns` and the id of the test, so they are known beforehand.
Reading read_suite(const doc::Document& document, const std::string& ns = "weft");

// "v1alpha3" against "v1alpha4", "v1beta1", "v1": negative, zero or positive. Unknown forms are
// older than all others.
int compare_api_versions(std::string_view a, std::string_view b);

}  // namespace weft::conform
