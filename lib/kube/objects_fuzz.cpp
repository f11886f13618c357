#include <cstddef>
#include <cstdint>

#include "lib/kube/compare.h"
#include "lib/kube/crds.h"
#include "lib/kube/diagnose.h"
#include "lib/kube/mask.h"
#include "lib/kube/ready.h"

// What kubectl prints: objects, and everything that is concluded from them. The first object is the
// workload, all of them are what stands around it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft;
  using namespace weft::kube;
  const std::string text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(parse_quantity(text));
  auto objects = read_objects(doc::Source("fuzz", text));
  if (!objects.ok() || objects->empty()) return 0;
  const Object& first = objects->front();
  for (const Object& object : *objects) {
    static_cast<void>(readiness(object));
    static_cast<void>(webhook_readiness(object, *objects));
    static_cast<void>(compare(object, first, {.previous = &objects->back()}));
    static_cast<void>(compare_crd(object, first));
    static_cast<void>(masked(object));
  }
  const Surroundings around{*objects, *objects, *objects, *objects};
  static_cast<void>(diagnose(first, around, base::WallTime{}));
  static_cast<void>(last_warnings(first, around));
  fill_namespace(*objects, "n", *objects);
  return 0;
}
