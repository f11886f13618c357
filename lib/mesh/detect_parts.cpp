#include "lib/mesh/detect_parts.h"

#include <algorithm>

#include "lib/base/text.h"

namespace weft::mesh {
namespace {

// "app=consul,component=server" against the labels of an object.
bool has_labels(const kube::Object& object, std::string_view selector) {
  const auto terms = base::split(selector, ',');
  return std::ranges::all_of(terms, [&object](std::string_view term) {
    const auto equals = term.find('=');
    return equals != std::string_view::npos &&
           kube::label_of(object, term.substr(0, equals)) == term.substr(equals + 1);
  });
}

}  // namespace

bool matches(const Signature& signature, const kube::Object& workload) {
  return kube::text_at(workload, {"kind"}) == signature.kind &&
         (signature.ns.empty() || kube::namespace_of(workload) == signature.ns) &&
         (signature.name.empty() || fits(signature.name, kube::name_of(workload))) &&
         (signature.selector.empty() || has_labels(workload, signature.selector));
}

std::string_view image_of(const kube::Object& workload, std::string_view container) {
  for (const auto& one : kube::list_at(workload, {"spec", "template", "spec", "containers"}))
    if (kube::text_at(one, {"name"}) == container) return kube::text_at(one, {"image"});
  return {};
}

std::string plain_version(std::string_view tag) {
  if (tag.size() > 1 && tag[0] == 'v' && tag[1] >= '0' && tag[1] <= '9') tag.remove_prefix(1);
  return std::string(tag);
}

std::string version_name(const Mesh& mesh, std::string_view tag) {
  const auto plain = plain_version(tag);
  const auto known = version_of(mesh, plain);
  return known ? known->version : plain;
}

}  // namespace weft::mesh
