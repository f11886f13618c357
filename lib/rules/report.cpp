#include "lib/rules/report.h"

#include "lib/base/format.h"

namespace weft::rules {
namespace {

// FNV-1a, with a byte between the parts that no text holds.
std::uint64_t mixed(std::uint64_t hash, std::string_view part) {
  constexpr std::uint64_t kPrime = 0x100000001b3;
  for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  return (hash ^ 0xff) * kPrime;
}

}  // namespace

std::string fingerprint(const Finding& finding) {
  std::uint64_t hash = mixed(0xcbf29ce484222325, finding.rule->id);
  if (finding.resource != nullptr) {
    hash = mixed(hash, finding.resource->group);
    hash = mixed(hash, finding.resource->title());
    hash = mixed(hash, finding.path());
  } else {
    hash = mixed(hash, finding.source->name());
    hash = mixed(hash, finding.message);
  }
  for (const auto& [name, value] : finding.params) hash = mixed(mixed(hash, name), value);
  return fmt::format("{:016x}", hash);
}

std::string Finding::path() const {
  return resource == nullptr ? std::string() : pointer_to(*resource->root, subject);
}

Finding& Report::add(const Resource& resource, const Value* at, std::string message) {
  const Value* name = get(resource.root, "metadata", "name");
  const Value* place = at != nullptr ? at : name != nullptr ? name : resource.root;
  Finding& finding = add(resource.document->source, place->position(), std::move(message));
  finding.resource = &resource;
  finding.subject = at;
  return finding;
}

Finding& Report::add(std::shared_ptr<const doc::Source> source, doc::Position at,
                     std::string message) {
  Finding& finding = findings_.emplace_back();
  finding.rule = rule_;
  finding.severity = rule_->severity;
  finding.source = std::move(source);
  finding.at = at;
  finding.message = std::move(message);
  return finding;
}

}  // namespace weft::rules
