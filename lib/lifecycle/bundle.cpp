#include "lib/lifecycle/bundle.h"

#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/doc/write.h"

namespace weft::lifecycle {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ExitCode;
using base::Result;
using Paths = std::vector<std::string>;

Result<kube::Objects> objects_of(kube::Helm& helm, const Kustomize& build, const Setup& setup,
                                 const SetupStep& step) {
  if (!step.tree.empty()) return build(fmt::format("{}/{}", step.tree, step.step->path));
  const auto& newest = setup.version.k8s.max;
  return helm.render({.release = step.step->release,
                      .ns = step.step->ns,
                      .chart = step.chart.chart,
                      .values = step.values,
                      .kubernetes_version = newest ? newest->text() + ".0" : std::string(),
                      .include_crds = true});
}

doc::Value list_of(const std::vector<std::string>& texts) {
  doc::Value list = doc::Value::list();
  for (const std::string& text : texts) list.push(text);
  return list;
}

doc::Value step_document(const SetupStep& step) {
  doc::Value out;
  out.set("name", step.step->name);
  if (step.step->chart.empty()) {
    out.set("kustomize", step.step->path);
  } else {
    out.set("release", step.step->release).set("chart", step.chart.name);
    out.set("chart_version", step.chart.version).set("sha256", step.chart.digest);
  }
  out.set("namespace", step.step->ns);
  if (!step.step->prepare.empty()) out.set("prepared_by_weft", step.step->prepare);
  return std::move(out.set("values", step.values));
}

// Where a chart goes, as --chart-dir looks for it.
std::string place_of(const Setup& setup, const SetupStep& step) {
  std::error_code ignored;
  return fs::is_directory(step.chart.chart.source, ignored)
             ? fmt::format("charts/{}/{}/", setup.mesh->id, step.chart.name)
             : fmt::format("charts/{}-{}.tgz", step.chart.name, step.chart.version);
}

Result<void> copy_chart(const std::string& from, const std::string& to) {
  std::error_code failed;
  const fs::path target = to.ends_with('/') ? to.substr(0, to.size() - 1) : to;
  fs::create_directories(target.parent_path(), failed);
  if (!failed)
    fs::copy(from, target,
             fs::copy_options::recursive | fs::copy_options::overwrite_existing |
                 fs::copy_options::copy_symlinks,
             failed);
  if (failed)
    return Error{ExitCode::input, fmt::format("cannot copy {} to {}", from, target.string())}
        .because(failed.message());
  return {};
}

Result<void> refuse_full(const std::string& folder) {
  std::error_code unreadable;
  if (!fs::exists(folder, unreadable) || fs::is_empty(folder, unreadable)) return {};
  return Error{ExitCode::usage, fmt::format("{} is there and not empty", folder),
               "name a new folder: what is in an old one might not belong to this installation"};
}

std::string manifest_of(const kube::Objects& objects) {
  std::string text;
  for (const kube::Object& object : objects) text += "---\n" + doc::write_yaml(object);
  return text;
}

}  // namespace

Result<Bundle> bundle_of(kube::Helm& helm, const Kustomize& build, const Setup& setup) {
  Bundle bundle{setup};
  kube::Objects all;
  for (const SetupStep& step : setup.steps) {
    WEFT_TRY(objects, objects_of(helm, build, setup, step));
    all.insert(all.end(), objects.begin(), objects.end());
    bundle.objects.push_back(std::move(objects));
  }
  bundle.images = mesh::images_of(*setup.mesh, all);
  return bundle;
}

doc::Value to_document(const Bundle& bundle) {
  const Setup& setup = bundle.setup;
  doc::Value steps = doc::Value::list();
  for (const SetupStep& step : setup.steps) steps.push(step_document(step));
  doc::Value images = doc::Value::list();
  for (const mesh::Image& image : bundle.images.images) images.push(image.name);
  doc::Value document;
  document.set("schema", "weft.mesh-export/v1").set("mesh", setup.mesh->id);
  document.set("version", setup.version.version).set("mode", setup.selection.mode);
  document.set("features", list_of(setup.selection.features)).set("steps", std::move(steps));
  return std::move(document.set("images", std::move(images)));
}

Result<Paths> write_bundle(const Bundle& bundle, const doc::Value& catalogue_file,
                           const std::string& folder) {
  WEFT_CHECK(refuse_full(folder));
  Paths paths;
  const auto write = [&](std::string path, const std::string& content) {
    auto done = base::write_file(fmt::format("{}/{}", folder, path), content);
    paths.push_back(std::move(path));
    return done;
  };
  WEFT_CHECK(write("installation.yaml", doc::write_yaml(to_document(bundle))));
  WEFT_CHECK(write("mesh.yaml", doc::write_yaml(catalogue_file)));
  std::string images;
  for (const mesh::Image& image : bundle.images.images) images += image.name + '\n';
  WEFT_CHECK(write("images.txt", images));
  for (std::size_t i = 0; i < bundle.objects.size(); ++i) {
    const SetupStep& step = bundle.setup.steps[i];
    if (step.tree.empty()) {
      WEFT_CHECK(
          write(fmt::format("values/{}.yaml", step.step->name), doc::write_yaml(step.values)));
      paths.push_back(place_of(bundle.setup, step));
      WEFT_CHECK(copy_chart(step.chart.chart.source, fmt::format("{}/{}", folder, paths.back())));
    }
    WEFT_CHECK(
        write(fmt::format("manifests/{}.yaml", step.step->name), manifest_of(bundle.objects[i])));
  }
  return paths;
}

}  // namespace weft::lifecycle
