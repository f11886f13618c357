#include "lib/pattern/pattern.h"

namespace weft::pattern {

std::string_view name_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::v0:
      return "v0";
    case Dialect::v1beta1:
      return "v1beta1";
    case Dialect::manifests:
      return "k8s";
  }
  return "";
}

std::string_view name_of(Level level) {
  if (level == Level::error) return "error";
  return level == Level::warning ? "warning" : "info";
}

base::Error Service::error(doc::Position position, std::string message, std::string remedy) const {
  return base::Error{base::ExitCode::input, std::move(message), std::move(remedy)}.at(
      source->where(position));
}

}  // namespace weft::pattern
