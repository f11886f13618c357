#include "lib/lifecycle/render.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/kube/crds.h"
#include "lib/kube/errors.h"

namespace weft::lifecycle {

using namespace mesh;

namespace {

namespace fs = std::filesystem;
using base::Result;
using kube::Failure;
using kube::Object;
using kube::Objects;

constexpr const char* kCrd = "CustomResourceDefinition";

// crds/ of a chart, read from a folder without starting helm.
Result<Objects> crds_of_chart(Work& work, const kube::Chart& chart) {
  std::error_code ignored;
  if (!fs::is_directory(chart.source, ignored)) return work.helm.show_crds(chart);
  std::vector<std::string> files;
  for (fs::recursive_directory_iterator it(chart.source + "/crds", ignored), end; it != end;
       it.increment(ignored)) {
    const auto extension = it->path().extension();
    if (extension == ".yaml" || extension == ".yml" || extension == ".json")
      files.push_back(it->path().string());
    if (ignored) break;
  }
  std::sort(files.begin(), files.end());
  Objects out;
  for (const std::string& file : files) {
    WEFT_TRY(text, base::read_file(file));
    WEFT_TRY(objects, kube::read_objects(doc::Source{file, std::move(text)}));
    std::move(objects.begin(), objects.end(), std::back_inserter(out));
  }
  return out;
}

Result<Rendered> from_server(Work& work, const SetupStep& step) {
  kube::Upgrade what;
  what.release = step.step->release;
  what.ns = step.step->ns;
  what.chart = step.chart.chart;
  what.values = step.values;
  what.dry_run = kube::DryRun::server;
  WEFT_TRY(detail, work.helm.upgrade(what));
  WEFT_TRY(objects, detail.objects());
  WEFT_TRY(hooks, detail.hook_objects());
  return Rendered{{}, std::move(objects), std::move(hooks)};
}

Result<Rendered> from_template(Work& work, const SetupStep& step, const RenderOptions& options) {
  kube::Template what{step.step->release, step.step->ns,  step.chart.chart,
                      step.values,        options.server, options.api_versions};
  WEFT_TRY(objects, work.helm.render(what));
  Rendered out;
  for (Object& object : objects) {
    const bool hook = !kube::annotation_of(object, "helm.sh/hook").empty();
    (hook ? out.hooks : out.objects).push_back(std::move(object));
  }
  return out;
}

void sort_out_crds(Rendered& rendered, const SetupStep& step) {
  Objects rest;
  for (Object& object : rendered.objects) {
    if (kube::text_at(object, {"kind"}) == kCrd) {
      own_by_release(object, step.step->release, step.step->ns);
      rendered.crds.push_back(std::move(object));
    } else {
      rest.push_back(std::move(object));
    }
  }
  rendered.objects = std::move(rest);
}

void collect_images(const doc::Value& pod, std::set<std::string>& out) {
  for (const char* kind : {"containers", "initContainers"})
    for (const doc::Value& container : kube::list_at(pod, {kind}))
      if (const auto image = kube::text_at(container, {"image"}); !image.empty())
        out.emplace(image);
}

}  // namespace

void own_by_release(Object& object, const std::string& release, const std::string& ns) {
  doc::Value* metadata = object.find("metadata");
  if (metadata == nullptr) return;
  const auto set = [metadata](const char* map, const char* key, const std::string& value) {
    if (metadata->find(map) == nullptr || !metadata->find(map)->is_map())
      metadata->set(map, doc::Value::map());
    metadata->find(map)->set(key, value);
  };
  set("labels", "app.kubernetes.io/managed-by", "Helm");
  set("annotations", "meta.helm.sh/release-name", release);
  set("annotations", "meta.helm.sh/release-namespace", ns);
}

void fill_namespaces(Objects& objects, const std::string& ns, const Objects& crds) {
  const auto namespaced = [&crds](const Object& object) {
    const kube::Ref ref = kube::ref_of(object);
    if (const kube::Kind* kind = kube::find_kind(ref.group, ref.kind)) return kind->namespaced;
    const auto crd = std::ranges::find_if(crds, [&ref](const Object& candidate) {
      return kube::text_at(candidate, {"spec", "group"}) == ref.group &&
             kube::text_at(candidate, {"spec", "names", "kind"}) == ref.kind;
    });
    return crd == crds.end() || kube::text_at(*crd, {"spec", "scope"}) == "Namespaced";
  };
  for (Object& object : objects)
    if (kube::namespace_of(object).empty() && namespaced(object))
      if (doc::Value* metadata = object.find("metadata")) metadata->set("namespace", ns);
}

Result<Rendered> render_step(Work& work, const SetupStep& step, const RenderOptions& options) {
  WEFT_TRY(crds, crds_of_chart(work, step.chart.chart));
  auto rendered = options.installed ? from_server(work, step) : from_template(work, step, options);
  // The server refuses to dry-run kinds whose CRDs this very step brings.
  if (!rendered.ok() && options.installed) {
    const Failure failure = kube::failure_of(rendered.error());
    if (failure == Failure::no_such_kind || failure == Failure::release_pending)
      rendered = from_template(work, step, options);
  }
  if (!rendered.ok()) return rendered.error();
  rendered->crds = std::move(crds);
  sort_out_crds(*rendered, step);
  fill_namespaces(rendered->objects, step.step->ns, rendered->crds);
  return rendered;
}

std::vector<std::string> images_of(const Objects& objects) {
  std::set<std::string> images;
  for (const Object& object : objects) {
    if (const auto* pod = kube::at(object, {"spec", "template", "spec"}))
      collect_images(*pod, images);
    if (const auto* pod = kube::at(object, {"spec", "jobTemplate", "spec", "template", "spec"}))
      collect_images(*pod, images);
    if (kube::text_at(object, {"kind"}) == "Pod")
      if (const auto* pod = object.find("spec")) collect_images(*pod, images);
  }
  return {images.begin(), images.end()};
}

}  // namespace weft::lifecycle
