#include <map>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/object.h"
#include "lib/pattern/reading/reader.h"

namespace weft::pattern {
namespace {

using base::Result;
using doc::Value;

Service service_of(const doc::Document& document, const Value& object) {
  Service out{.is_whole = true, .at = object.position(), .source = document.source};
  out.traits = Value::map();
  out.settings = Value::map();
  out.name = kube::name_of(object);
  out.ns = kube::namespace_of(object);
  out.api_version = kube::text_at(object, {"apiVersion"});
  out.type = {std::string(kube::text_at(object, {"kind"})), object.find("kind")->position()};
  if (const Value* labels = kube::at(object, {"metadata", "labels"})) out.labels = *labels;
  if (const Value* notes = kube::at(object, {"metadata", "annotations"})) out.annotations = *notes;
  for (const doc::Member& member : object.members())
    if (member.key != "apiVersion" && member.key != "kind" && member.key != "metadata" &&
        member.key != "status")
      out.settings.members().push_back(member);
  return out;
}

class Objects {
 public:
  explicit Objects(Reading& out) : out_(out) {}

  Result<void> add(const doc::Document& document, const Value& object) {
    if (object.find("items") != nullptr && kube::text_at(object, {"kind"}).ends_with("List")) {
      for (const Value& item : kube::list_at(object, {"items"})) WEFT_CHECK(add(document, item));
      return {};
    }
    const kube::Ref ref = kube::ref_of(object);
    if (ref.kind.empty() || ref.name.empty())
      return document.error(object.position(), "the object has no kind or no metadata.name");
    const auto [known, is_new] =
        seen_.emplace(fmt::format("{}/{}", ref.group, ref.text()), object.position());
    if (!is_new)
      return document.error(
          object.position(),
          fmt::format("{} stands twice, first at line {}", ref.text(), known->second.line),
          "keep one of them");
    Service service = service_of(document, object);
    service.key = key_of(ref);
    out_.pattern.services.push_back(std::move(service));
    return {};
  }

 private:
  std::string key_of(const kube::Ref& ref) {
    const std::string plain = base::lower(fmt::format("{}-{}", ref.kind, ref.name));
    std::string key = plain;
    if (keys_.contains(key)) key = base::lower(fmt::format("{}-{}", plain, ref.ns));
    for (int i = 2; keys_.contains(key); ++i) key = fmt::format("{}-{}", plain, i);
    keys_.insert(key);
    return key;
  }

  Reading& out_;
  std::map<std::string, doc::Position> seen_;
  std::set<std::string> keys_;
};

}  // namespace

Result<void> read_objects(const std::vector<doc::Document>& documents, Reading& out) {
  Objects objects(out);
  for (const doc::Document& document : documents) WEFT_CHECK(objects.add(document, document.root));
  return {};
}

}  // namespace weft::pattern
