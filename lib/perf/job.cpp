#include "lib/perf/job.h"

#include "lib/base/base64.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using doc::Value;

constexpr std::size_t kMaxFiles = 1'000'000;  // a Secret holds a MiB
constexpr std::string_view kManagedBy = "app.kubernetes.io/managed-by";

// What is the same for every run. A pod that fails is replaced rather than ending the others, and
// its replacement waits for orders that do not come.
constexpr const char* kJob = R"(
apiVersion: batch/v1
kind: Job
metadata: {}
spec:
  completionMode: Indexed
  ttlSecondsAfterFinished: 600
  template:
    metadata: {}
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: 5
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
        seccompProfile: {type: RuntimeDefault}
      topologySpreadConstraints:
      - maxSkew: 1
        topologyKey: kubernetes.io/hostname
        whenUnsatisfiable: ScheduleAnyway
      containers:
      - name: load
        securityContext:
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
          capabilities: {drop: [ALL]}
        volumeMounts:
        - {name: orders, mountPath: /run/weft-load, readOnly: true}
      volumes:
      - name: orders
        downwardAPI:
          items:
          - path: orders
            fieldRef: {fieldPath: "metadata.annotations['weft.dev/orders']"}
)";

Value to_value(const smp::Labels& labels) {
  Value map = Value::map();
  for (const auto& [key, text] : labels) map.set(doc::Text(key), text);
  return map;
}

// The kubelet would put a variable in place of $(NAME).
std::string literal(std::string_view argument) {
  std::string text;
  for (std::size_t i = 0; i < argument.size(); ++i) {
    if (argument.substr(i).starts_with("$(")) text += '$';
    text += argument[i];
  }
  return text;
}

Value arguments_of(const PodWorkers& workers) {
  Value words = Value::list();
  for (const std::string& argument : workers.arguments) words.push(literal(argument));
  words.push("--part").push(fmt::format("$(JOB_COMPLETION_INDEX)/{}", workers.count));
  words.push("--orders").push("/run/weft-load/orders");
  return words;
}

Value metadata(const PodWorkers& workers) {
  Value out;
  out.set("name", object_name(workers)).set("namespace", workers.ns);
  out.set("labels",
          to_value({{std::string(kManagedBy), "weft"}, {std::string(kRunLabel), workers.id}}));
  out.set("annotations", to_value({{std::string(kOwnerAnnotation), workers.owner}}));
  return out;
}

Value secret_of(const PodWorkers& workers) {
  Value data = Value::map();
  for (const auto& [name, content] : workers.files)
    data.set(doc::Text(name), base::base64_encode(content));
  Value secret;
  secret.set("apiVersion", "v1").set("kind", "Secret").set("metadata", metadata(workers));
  return std::move(secret.set("data", std::move(data)));
}

void set_resources(const PodWorkers& workers, Value& container) {
  Value amounts = Value::map();
  if (!workers.cpu.empty() && workers.cpu != "0") amounts.set("cpu", workers.cpu);
  if (!workers.memory.empty() && workers.memory != "0") amounts.set("memory", workers.memory);
  if (amounts.size() == 0) return;
  container.set("resources", Value().set("requests", amounts).set("limits", amounts));
}

void set_nodes(const PodWorkers& workers, Value& pod) {
  if (workers.nodes.empty()) return;
  Value terms = Value::list();
  for (const std::string& node : workers.nodes) {
    Value field;
    field.set("key", "metadata.name").set("operator", "In").set("values", Value().push(node));
    terms.push(Value().set("matchFields", Value().push(std::move(field))));
  }
  Value required = Value().set("nodeSelectorTerms", std::move(terms));
  Value node = Value().set("requiredDuringSchedulingIgnoredDuringExecution", std::move(required));
  pod.set("affinity", Value().set("nodeAffinity", std::move(node)));
}

void add_files(const PodWorkers& workers, Value& pod, Value& container) {
  if (workers.files.empty()) return;
  Value mount;
  mount.set("name", "files").set("mountPath", kFilesFolder).set("readOnly", true);
  container.find("volumeMounts")->push(std::move(mount));
  Value volume;
  volume.set("name", "files");
  volume.set("secret", Value().set("secretName", object_name(workers)));
  pod.find("volumes")->push(std::move(volume));
}

void add_variables(const PodWorkers& workers, Value& container) {
  Value list = Value::list();
  for (const auto& [name, file] : workers.variables) {
    Value key;
    key.set("name", object_name(workers)).set("key", file);
    Value from = Value().set("secretKeyRef", std::move(key));
    list.push(Value().set("name", name).set("valueFrom", std::move(from)));
  }
  if (list.size() > 0) container.set("env", std::move(list));
}

Result<Value> job_of(const PodWorkers& workers) {
  WEFT_TRY(document, doc::read(doc::Source("job", kJob)));
  Value job = std::move(document.root);
  job.set("metadata", metadata(workers));
  Value& spec = *job.find("spec");
  const auto count = static_cast<std::int64_t>(workers.count);
  spec.set("completions", count).set("parallelism", count).set("backoffLimit", count);
  spec.set("activeDeadlineSeconds", std::chrono::ceil<std::chrono::seconds>(workers.lease).count());
  Value& template_ = *spec.find("template");
  smp::Labels labels = workers.labels;
  labels[std::string(kManagedBy)] = "weft";
  labels[std::string(kRunLabel)] = workers.id;
  Value about;
  about.set("labels", to_value(labels));
  if (!workers.annotations.empty()) about.set("annotations", to_value(workers.annotations));
  template_.set("metadata", std::move(about));
  Value& pod = *template_.find("spec");
  Value& container = pod.find("containers")->items()[0];
  container.set("image", workers.image).set("args", arguments_of(workers));
  set_resources(workers, container);
  set_nodes(workers, pod);
  add_files(workers, pod, container);
  add_variables(workers, container);
  Value& spread = pod.find("topologySpreadConstraints")->items()[0];
  spread.set("labelSelector",
             Value().set("matchLabels", to_value({{std::string(kRunLabel), workers.id}})));
  return job;
}

std::string boot_of(const std::string& root) {
  return std::string(
      base::trim(base::read_file(root + "/proc/sys/kernel/random/boot_id", 4096).value_or({})));
}

// When the process began, in ticks: the 22nd field of its stat, the name in brackets being one that
// may hold anything.
std::string start_of(const std::string& root, std::string_view pid) {
  const std::string stat =
      base::read_file(fmt::format("{}/proc/{}/stat", root, pid), 4096).value_or({});
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) return {};
  const auto fields = base::split(std::string_view(stat).substr(name_end + 1), ' ');
  return fields.size() > 20 ? std::string(fields[20]) : std::string();
}

}  // namespace

std::string object_name(const PodWorkers& workers) { return "weft-load-" + workers.id; }

Result<kube::Objects> worker_objects(const PodWorkers& workers) {
  std::size_t bytes = 0;
  for (const auto& [name, content] : workers.files) bytes += content.size();
  if (bytes > kMaxFiles)
    return Error{ExitCode::input,
                 fmt::format("the files that flags name are {} together, a Secret holds 1 MB",
                             base::format_size(static_cast<double>(bytes))),
                 "make them smaller, or run weft perf run in a pod that has them"};
  kube::Objects objects;
  if (!workers.files.empty()) objects.push_back(secret_of(workers));
  WEFT_TRY(job, job_of(workers));
  objects.push_back(std::move(job));
  return objects;
}

std::string process_name(const std::string& root, int pid) {
  const std::string number = fmt::format("{}", pid);
  return fmt::format("{}/{}/{}", boot_of(root), number, start_of(root, number));
}

bool is_gone(const std::string& root, std::string_view process) {
  const auto parts = base::split(process, '/');
  if (parts.size() != 3 || parts[0].empty() || parts[0] != boot_of(root)) return false;
  if (!base::parse_uint(parts[1])) return false;
  return start_of(root, parts[1]) != parts[2];
}

}  // namespace weft::perf
