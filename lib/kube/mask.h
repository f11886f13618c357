// Fields whose value is random, secret or a hash of such: two renders of the same chart differ in
// them, and nobody may see some of them. Plans show them as changed at most, never their values.
//
//   Secret data, caBundle (webhooks, CRD conversion, APIService), annotations checksum/*,
//   certificates and keys in ConfigMaps, and what a mesh's file lists itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/kube/object.h"

namespace weft::kube {

inline constexpr std::string_view kMasked = "(masked)";

// `path` as compare.h writes it: "webhooks[name=x].clientConfig.caBundle".
bool is_masked(const Ref& ref, std::string_view path);

// The object with masked fields replaced: for showing, and for comparing two renders.
// `extra` are further paths, "kind/name:path" with * for any run of characters.
Object masked(const Object& object, const std::vector<std::string>& extra = {});

}  // namespace weft::kube
