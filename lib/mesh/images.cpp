#include "lib/mesh/images.h"

#include <map>
#include <set>

namespace weft::mesh {
namespace {

using ImageUsers = std::map<std::string, std::set<std::string>>;

// Placeholders that a control plane fills in: "auto" of Istio's gateways.
bool is_placeholder(std::string_view image) { return image.empty() || image == "auto"; }

// Every "image" of a list called containers, initContainers or ephemeralContainers, wherever it is.
void collect(const doc::Value& value, const std::string& user, ImageUsers& found) {
  if (value.is_list())
    for (const auto& item : value.items()) collect(item, user, found);
  if (!value.is_map()) return;
  for (const auto& member : value.members()) {
    const bool is_containers = member.key == "containers" || member.key == "initContainers" ||
                               member.key == "ephemeralContainers";
    if (is_containers && member.value.is_list())
      for (const auto& container : member.value.items()) {
        const auto image = kube::text_at(container, {"image"});
        if (!is_placeholder(image)) found[std::string(image)].insert(user);
      }
    collect(member.value, user, found);
  }
}

// "registry.istio.io/release/pilot:1.30.3" -> where "pilot" stands in it, and how long it is.
struct Span {
  std::size_t start = 0;
  std::size_t length = 0;
};

Span last_part(std::string_view image) {
  const auto whole = image.substr(0, image.find('@'));
  const auto slash = whole.rfind('/');
  const auto start = slash == std::string_view::npos ? 0 : slash + 1;
  const auto colon = whole.find(':', start);
  return {start, (colon == std::string_view::npos ? whole.size() : colon) - start};
}

// The same registry, path and tag under another name; a digest would be another image's.
std::string sibling(std::string_view image, std::string_view name) {
  const auto part = last_part(image);
  const auto whole = image.substr(0, image.find('@'));
  return std::string(whole.substr(0, part.start)) + std::string(name) +
         std::string(whole.substr(part.start + part.length));
}

bool is_image_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_' || c == '/' || c == ':' || c == '@';
}

// The words of a text that are images of this name with a tag or digest.
void find_in_text(std::string_view text, std::string_view name, std::set<std::string>& found) {
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    auto start = at;
    while (start > 0 && is_image_character(text[start - 1])) --start;
    auto end = at + name.size();
    while (end < text.size() && is_image_character(text[end])) ++end;
    const auto word = text.substr(start, end - start);
    const auto part = last_part(word);
    if (word.substr(part.start, part.length) == name && part.start + part.length < word.size() &&
        word.back() != ':')
      found.emplace(word);
  }
}

void find_in(const doc::Value& value, std::string_view name, std::set<std::string>& found) {
  if (value.is_string()) find_in_text(value.string(), name, found);
  if (value.is_list())
    for (const auto& item : value.items()) find_in(item, name, found);
  if (value.is_map())
    for (const auto& member : value.members()) find_in(member.value, name, found);
}

std::set<std::string> resolve(const IndirectImage& image, const ImageUsers& direct,
                              const kube::Objects& rendered) {
  std::set<std::string> found;
  if (image.like.empty()) {
    for (const auto& object : rendered) find_in(object, image.name, found);
    return found;
  }
  for (const auto& [name, users] : direct) {
    const auto part = last_part(name);
    if (std::string_view(name).substr(part.start, part.length) == image.like)
      found.insert(sibling(name, image.name));
  }
  return found;
}

}  // namespace

ImageList images_of(const Mesh& mesh, const kube::Objects& rendered) {
  ImageUsers direct;
  for (const auto& object : rendered) collect(object, kube::ref_of(object).text(), direct);
  ImageList list;
  std::map<std::string, Image> by_name;
  for (const auto& [name, users] : direct)
    by_name[name] = {name, {users.begin(), users.end()}, false};
  for (const auto& image : mesh.images.indirect) {
    const auto found = resolve(image, direct, rendered);
    if (found.empty()) list.not_found.push_back(image.name);
    for (const auto& name : found)
      if (!by_name.contains(name)) by_name[name] = {name, {"proxies"}, true};
  }
  for (auto& [name, image] : by_name) list.images.push_back(std::move(image));
  return list;
}

}  // namespace weft::mesh
