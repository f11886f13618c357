#include "lib/kube/mask.h"

#include <algorithm>

#include "lib/base/format.h"

namespace weft::kube {
namespace {

using doc::Value;

bool fits(std::string_view mask, const Ref& ref, std::string_view path) {
  const auto colon = mask.find(':');
  if (colon == std::string_view::npos) return glob(mask, path);
  return glob(mask.substr(0, colon), fmt::format("{}/{}", ref.kind, ref.name)) &&
         glob(mask.substr(colon + 1), path);
}

void mask_value(const Ref& ref, const std::string& path, Value& value,
                const std::vector<std::string>& masks) {
  if (is_masked(ref, path, masks) || is_secret(value)) {
    value = kMasked;
  } else if (value.is_map()) {
    for (doc::Member& member : value.members())
      mask_value(ref, field_path(path, member.key), member.value, masks);
  } else if (value.is_list()) {
    for (std::size_t i = 0; i < value.size(); ++i)
      mask_value(ref, fmt::format("{}[{}]", path, i), value.items()[i], masks);
  }
}

}  // namespace

bool glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool is_masked(const Ref& ref, std::string_view path, const std::vector<std::string>& masks) {
  if (ref.group.empty() && ref.kind == "Secret" &&
      (path.starts_with("data.") || path.starts_with("data[") || path.starts_with("stringData")))
    return true;
  if (path.ends_with(".caBundle")) return true;
  if (path.find("annotations[checksum/") != std::string_view::npos) return true;
  return std::any_of(masks.begin(), masks.end(),
                     [&](const std::string& mask) { return fits(mask, ref, path); });
}

bool is_secret(const Value& value) {
  return value.is_string() && value.string().find("PRIVATE KEY-----") != std::string::npos;
}

Object masked(const Object& object, const std::vector<std::string>& masks) {
  Object out = object;
  mask_value(ref_of(object), {}, out, masks);
  return out;
}

}  // namespace weft::kube
