// The suites and templates that are compiled in (suites/*.yaml, templates/*.yaml), and suites from
// files, whose own templates stand in a folder "templates" beside them.
//
//   WEFT_TRY(opened, open_suite("smi-traffic-split"));
//   WEFT_TRY(object, render(opened.templates, {...}));
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/conform/suite.h"
#include "lib/kube/object.h"

namespace weft::conform {

class Templates {
 public:
  Templates() = default;
  // Those of `folder` are found before those that are compiled in; a missing folder has none.
  static base::Result<Templates> beside(const std::string& folder);

  // "trafficsplit-v1alpha4"; nullptr when there is none.
  const doc::Document* find(const std::string& name) const;
  std::vector<std::string> names() const;

 private:
  std::map<std::string, std::shared_ptr<const doc::Document>> own_;
};

struct OpenSuite {
  doc::Document document;
  Templates templates;
  std::string sha256;  // of its text
};

std::vector<std::string> shipped_suites();
// The shipped suites of a family, "smi" for all whose names begin with "smi-"; else the name
// itself.
std::vector<std::string> suites_named(const std::string& name);
// A shipped suite by its name, else a file: what has a slash or a dot in it.
base::Result<OpenSuite> open_suite(const std::string& name_or_path);

// One object of the API under test, or of the fixture.
struct Rendering {
  std::string form;  // "trafficsplit"
  std::string version;
  std::string name;
  std::string ns;
  doc::Value vars;  // a map or null
};
base::Result<kube::Object> render(const Templates& templates, const Rendering& what);

// The label that pods of exactly these applications carry, among others, so that a Service can
// select several: "weft.dev/set-2". Numbered over all services of the suite.
std::string set_label(const SuiteSpec& suite, const std::vector<std::string>& apps);
kube::Object service_object(const SuiteSpec& suite, const ServiceStep& service,
                            const std::string& ns);
// Labels of the pods of an application.
std::map<std::string, std::string> pod_labels(const SuiteSpec& suite, const AppSpec& app);
// Equal for suites that should share their applications: not those with tests that want them for
// themselves, for these would wait for each other.
std::string fixture_key(const SuiteSpec& suite);
// Namespace, service accounts, deployments and services of all applications.
base::Result<kube::Objects> fixture_objects(const SuiteSpec& suite, const std::string& ns,
                                            const std::string& image);

}  // namespace weft::conform
