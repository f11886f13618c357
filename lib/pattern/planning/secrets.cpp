#include "lib/pattern/planning/secrets.h"

#include "lib/base/base64.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/mask.h"
#include "lib/pattern/reading/reference.h"

namespace weft::pattern {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

// Shorter ones would be found in every other word.
constexpr std::size_t kShortest = 4;

Error unresolved(const std::string& path, const std::string& why) {
  return {ExitCode::input, fmt::format("$(#ref.{}) cannot be resolved: {}", path, why)};
}

}  // namespace

Result<void> Secrets::open(kube::Objects& objects) {
  const Resolve resolve = [this](const std::string& path) { return this->resolve(path); };
  std::vector<std::string> opened;
  for (kube::Object& object : objects) WEFT_CHECK(unseal(object, resolve, opened));
  return {};
}

std::string Secrets::hide(std::string text) const {
  for (const auto& [path, value] : known_) {
    if (value.empty() || (value.size() < kShortest && text != value)) continue;
    for (auto at = text.find(value); at != std::string::npos; at = text.find(value, at)) {
      text.replace(at, value.size(), kube::kMasked);
      at += kube::kMasked.size();
    }
  }
  return text;
}

doc::Value Secrets::masked(doc::Value value) const {
  if (known_.empty()) return value;
  if (value.is_string()) return doc::Value(hide(value.string()));
  if (value.is_list())
    for (doc::Value& item : value.items()) item = masked(std::move(item));
  if (value.is_map())
    for (doc::Member& member : value.members()) member.value = masked(std::move(member.value));
  return value;
}

Result<std::string> Secrets::resolve(const std::string& path) {
  if (const auto known = known_.find(path); known != known_.end()) return known->second;
  const auto dot = path.find('.');
  const std::string source = path.substr(0, dot), rest = path.substr(dot + 1);
  std::string value;
  if (source == "env") {
    const auto found = variable_ ? variable_(rest) : std::nullopt;
    if (!found) return unresolved(path, fmt::format("{} is not set", rest));
    value = *found;
  } else if (source == "file") {
    constexpr std::uint64_t kLargest = 1u << 20;
    WEFT_TRY(text, base::read_file(rest, kLargest));
    value = text.ends_with('\n') ? text.substr(0, text.size() - 1) : text;
  } else {
    WEFT_TRY(text, from_cluster(rest));
    value = text;
  }
  known_[path] = value;
  return value;
}

Result<std::string> Secrets::from_cluster(const std::string& path) {
  const auto parts = base::split(path, '/');
  if (parts.size() != 3) return unresolved("secret." + path, "write NAMESPACE/NAME/KEY");
  if (cluster_ == nullptr) return unresolved("secret." + path, "there is no cluster to ask");
  const auto ref = kube::make_ref("v1", "Secret", parts[0], parts[1]);
  WEFT_TRY(secret, cluster_->get(ref));
  if (!secret) return unresolved("secret." + path, fmt::format("there is no {}", ref.text()));
  const auto bytes = base::base64_decode(kube::text_at(*secret, {"data", parts[2]}));
  if (!bytes || kube::at(*secret, {"data", parts[2]}) == nullptr)
    return unresolved("secret." + path, fmt::format("{} has no key {}", ref.text(), parts[2]));
  return *bytes;
}

}  // namespace weft::pattern
