// How fast objects are judged and rules evaluated, in CPU time: a busy machine does not matter.
//
//   schema_schema_bench [FILE|DIR with definitions [objects.yaml]]
//
// Without arguments: objects of its own by the schemas that are compiled in.
#include <cstdio>
#include <ctime>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/doc/read.h"
#include "lib/schema/load.h"
#include "lib/schema/validator.h"

namespace {

using namespace weft;
constexpr double kEach = 1;  // seconds

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// Calls of `work` a second.
template <typename Work>
double rate(Work work) {
  const double begin = cpu_seconds();
  std::size_t calls = 0;
  double spent = 0;
  for (; spent < kEach; spent = cpu_seconds() - begin)
    for (int i = 0; i < 10; ++i, ++calls) work();
  return static_cast<double>(calls) / spent;
}

std::string own_objects() {
  std::string text;
  for (int i = 0; i < 1000; ++i)
    text += fmt::format(R"(---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {{name: route-{0}, namespace: shop, labels: {{app: a-{0}}}}}
spec:
  hosts: [a-{0}.shop.svc.cluster.local]
  http:
  - match: [{{uri: {{prefix: /api/v1}}, headers: {{x-user: {{exact: tester}}}}}}]
    timeout: 5s
    retries: {{attempts: 3, perTryTimeout: 2s, retryOn: "5xx,reset"}}
    route:
    - destination: {{host: a-{0}, subset: v1, port: {{number: 8080}}}}
      weight: 90
    - destination: {{host: a-{0}, subset: v2, port: {{number: 8080}}}}
      weight: 10
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {{name: http-{0}, namespace: shop}}
spec:
  parentRefs: [{{name: public, sectionName: https}}]
  hostnames: [a-{0}.example.com]
  rules:
  - matches: [{{path: {{type: PathPrefix, value: /api}}}}]
    filters: [{{type: RequestHeaderModifier, requestHeaderModifier: {{set: [{{name: x-a, value: b}}]}}}}]
    timeouts: {{request: 10s, backendRequest: 2s}}
    backendRefs: [{{name: a-{0}, port: 8080, weight: 1}}]
)",
                        i);
  return text;
}

void bench_rules() {
  const auto object = doc::read_json(doc::Source(
      "object", R"({"type":"PathPrefix","value":"/api/v1","ports":[{"name":"http","number":80},
                   {"name":"tls","number":443}],"timeout":"5s"})"));
  constexpr cel::Variable kSelf[] = {{"self"}};
  for (const auto* text :
       {"self.type in ['Exact','PathPrefix'] ? self.value.startsWith('/') : true",
        "duration(self.timeout) >= duration('1ms')",
        "self.ports.all(a, self.ports.exists_one(b, a.number == b.number))",
        "self.value.matches(r'^(?:[-A-Za-z0-9/._~!$&]|[%][0-9a-fA-F]{2})+$')"}) {
    const auto program = cel::Program::compile(text, kSelf);
    if (!program.ok()) continue;
    cel::Evaluator evaluator;
    const double per_second =
        rate([&] { static_cast<void>(evaluator.run(*program, {{{&object->root}}})); });
    std::printf("%8.0f evaluations/ms  %s\n", per_second / 1000, text);
  }
}

}  // namespace

int main(int argc, char** argv) {
  schema::SchemaSet set;
  std::vector<std::string> problems;
  if (argc > 1) static_cast<void>(schema::add_path(set, argv[1], problems));
  const std::string text = argc > 2 ? base::read_file(argv[2]).value_or("") : own_objects();
  const double read_begin = cpu_seconds();
  const auto manifests = doc::read_manifests(doc::Source("objects", text));
  const double read_time = cpu_seconds() - read_begin;
  std::size_t judged = 0;
  std::vector<schema::Issue> issues;
  schema::Validator validator;
  const auto judge = [&] {
    judged = 0;
    issues.clear();
    for (const auto& manifest : manifests.documents) {
      const doc::Value* api_version = manifest.document.root.find("apiVersion");
      const doc::Value* kind = manifest.document.root.find("kind");
      if (api_version == nullptr || kind == nullptr) continue;
      const auto* schema = set.find(api_version->string(), kind->string());
      if (schema == nullptr) continue;
      ++judged;
      validator.validate(*schema, manifest.document.root, issues);
    }
  };
  const double first_begin = cpu_seconds();
  judge();
  const double first = cpu_seconds() - first_begin;
  const double passes = rate(judge);
  const double megabytes = static_cast<double>(text.size()) / 1e6;
  std::printf(
      "%zu objects, %zu issues, %.2f MB: read %.0f MB/s, judged %.0f MB/s, %.2f us an object\n",
      judged, issues.size(), megabytes, megabytes / read_time, passes * megabytes,
      1e6 / passes / static_cast<double>(judged));
  std::printf("first pass with compilation %.1f ms\n", first * 1e3);
  bench_rules();
  return 0;
}
