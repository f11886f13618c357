#include "lib/smp/not_results.h"

#include "lib/base/format.h"
#include "lib/smp/fields.h"
#include "lib/smp/meshmark_input.h"

namespace weft::smp {

namespace {

struct NotResult {
  bool (*matches)(const doc::Value& root);
  std::string_view what;
  std::string_view remedy;
};

bool has(const doc::Value& value, std::string_view key) { return value.find(key) != nullptr; }

bool is_profile(const doc::Value& value) {
  return has(value, "load_generators") || has(value, "loadGenerators");
}

bool is_profile_page(const doc::Value& root) { return has(root, "profiles"); }

// A bundle of SMP documents has a test and a result.
bool is_smp_test(const doc::Value& root) {
  if (has(root, "result")) return false;
  return has(root, "clients") || has(Fields::at(root, "test"), "clients");
}

bool is_range_query(const doc::Value& root) {
  return root.is_list() && root.size() != 0 && has(root.items().front(), "metric") &&
         (has(root.items().front(), "values") || has(root.items().front(), "value"));
}

bool is_prometheus_answer(const doc::Value& root) {
  return has(Fields::at(root, "data"), "resultType");
}

bool is_empty_page(const doc::Value& root) {
  const doc::Value& results = Fields::at(root, "results");
  return has(root, "page") && (results.is_null() || (results.is_list() && results.size() == 0));
}

bool is_k6_stream(const doc::Value& root) {
  return has(root, "type") && has(root, "data") && has(root, "metric");
}

bool is_vegeta_stream(const doc::Value& root) { return has(root, "attack") && has(root, "seq"); }

bool is_kubernetes(const doc::Value& root) { return has(root, "apiVersion") && has(root, "kind"); }

constexpr std::string_view kUseProfile = "run it with weft perf run --profile FILE";
constexpr std::string_view kUseResources =
    "CPU and memory belong into the resources of weft meshmark score";

constexpr NotResult kNotResults[] = {
    {is_profile_page, "a page of Meshery performance profiles (tests to run)",
     "export the results of a profile instead"},
    {is_profile, "a Meshery performance profile (a test to run)", kUseProfile},
    {is_smp_test, "an SMP performance test (a test to run)", kUseProfile},
    {is_range_query, "samples of a Prometheus range query", kUseResources},
    {is_prometheus_answer, "an answer of the Prometheus API", kUseResources},
    {is_empty_page, "a page of Meshery results without a single result",
     "export a page that has results"},
    {is_k6_stream, "k6's stream of samples", "use the file of k6 run --summary-export"},
    {is_vegeta_stream, "vegeta's stream of requests", "use the output of vegeta report -type=json"},
    {is_meshmark_input, "the input of a MeshMark", "use weft meshmark score FILE"},
    {is_kubernetes, "a Kubernetes object", ""},
};

const NotResult* find(const doc::Value& root) {
  for (const NotResult& row : kNotResults)
    if (row.matches(root)) return &row;
  return nullptr;
}

constexpr std::string_view kNighthawkTitle = "Nighthawk - A layer 7 protocol benchmarking tool";

base::Error refuse(std::string_view what, std::string_view remedy, base::Where where) {
  return base::Error{base::ExitCode::input, fmt::format("this is {}, not a result", what),
                     std::string(remedy)}
      .at(std::move(where));
}

}  // namespace

bool is_known_not_result(const doc::Value& root) { return find(root) != nullptr; }

std::optional<base::Error> refusal_of(const doc::Document& document) {
  const NotResult* row = find(document.root);
  if (row == nullptr) return std::nullopt;
  return refuse(row->what, row->remedy, document.source->where(document.root.position()));
}

std::optional<base::Error> refusal_of(const doc::Source& source) {
  if (!source.text().starts_with(kNighthawkTitle)) return std::nullopt;
  return refuse("a report of Nighthawk for people, rounded to microseconds",
                "write it with nighthawk_client --output-format json", source.where({1, 1}));
}

}  // namespace weft::smp
