// The annotations that Istio reads, as a table, and a walk over those of the input.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/rules/inventory.h"

namespace weft::rules {

enum class AnnotationValue { any, boolean, ports, cidrs, duration, number };

struct Annotation {
  std::string_view name;
  std::string_view kinds;  // "Pod", "Namespace Service", "Any"
  AnnotationValue value = AnnotationValue::any;
  std::string_view instead;  // what replaces it; empty while it is not deprecated
};

std::span<const Annotation> annotations();
const Annotation* find_annotation(std::string_view name);
std::vector<std::string> annotation_names();

// Istio looks after these domains; names that it writes itself are left out.
bool is_istio_domain(std::string_view name);
bool applies_to(const Annotation& annotation, std::string_view kind);
// Why the value does not parse; empty when it does.
std::string annotation_problem(const Annotation& annotation, std::string_view value);

// Namespaces, Services, pods and pod templates.
void for_each_annotation(const Inventory& in,
                         const std::function<void(const Resource&, const Member&)>& visit);
bool has_inject_label(const Resource& resource);

}  // namespace weft::rules
