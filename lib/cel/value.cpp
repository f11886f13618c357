#include "lib/cel/value.h"

#include <algorithm>
#include <iterator>

namespace weft::cel {
namespace {

struct TypeName {
  Type type;
  std::string_view name;
};

constexpr TypeName kTypes[] = {{Type::any, "dyn"},
                               {Type::error, "error"},
                               {Type::null, "null_type"},
                               {Type::boolean, "bool"},
                               {Type::integer, "int"},
                               {Type::uinteger, "uint"},
                               {Type::number, "double"},
                               {Type::string, "string"},
                               {Type::bytes, "bytes"},
                               {Type::list, "list"},
                               {Type::map, "map"},
                               {Type::duration, "google.protobuf.Duration"},
                               {Type::timestamp, "google.protobuf.Timestamp"},
                               {Type::optional, "optional_type"},
                               {Type::type, "type"},
                               {Type::url, "kubernetes.URL"},
                               {Type::ip, "net.IP"},
                               {Type::cidr, "net.CIDR"},
                               {Type::quantity, "kubernetes.Quantity"},
                               {Type::format, "kubernetes.NamedFormat"},
                               {Type::semver, "kubernetes.Semver"}};

}  // namespace

std::string_view type_name(Type type) {
  const auto at = std::find_if(std::begin(kTypes), std::end(kTypes),
                               [&](const TypeName& each) { return each.type == type; });
  return at == std::end(kTypes) ? "unknown" : at->name;
}

Type type_named(std::string_view name) {
  const auto at = std::find_if(std::begin(kTypes), std::end(kTypes),
                               [&](const TypeName& each) { return each.name == name; });
  return at == std::end(kTypes) || at->type == Type::any ? Type::error : at->type;
}

const ShapeField* Shape::field(std::string_view name) const {
  const auto at = std::lower_bound(
      fields.begin(), fields.end(), name,
      [](const ShapeField& each, std::string_view wanted) { return each.name < wanted; });
  return at != fields.end() && at->name == name ? &*at : nullptr;
}

Type Value::type() const {
  // In the order of Data; an object says itself what it is.
  constexpr Type kOrder[] = {
      Type::null,      Type::boolean,  Type::integer, Type::uinteger, Type::number, Type::string,
      Type::bytes,     Type::list,     Type::map,     Type::list,     Type::map,    Type::duration,
      Type::timestamp, Type::optional, Type::type,    Type::any,      Type::error};
  static_assert(std::size(kOrder) == std::variant_size_v<Data>);
  const Type type = kOrder[data_.index()];
  return type == Type::any ? std::get<const Object*>(data_)->type : type;
}

}  // namespace weft::cel
