// Fields whose value is secret or random: two renders of the same chart differ in them, or nobody
// may see them. Plans say at most that they change, never their values.
//
//   data of Secrets, caBundle, annotations checksum/*, texts with a private key,
//   and what a mesh's file lists: "Secret/*-tls:data[tls.crt]", "*:spec.x" (Kind/name:path, where *
//   is any run of characters and the part before the colon may be only *)
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/kube/object.h"

namespace weft::kube {

inline constexpr std::string_view kMasked = "(masked)";

// `path` as compare.h writes it: "webhooks[name=x].clientConfig.caBundle".
bool is_masked(const Ref& ref, std::string_view path, const std::vector<std::string>& masks = {});
// A text that holds a private key.
bool is_secret(const doc::Value& value);

// The object with masked values replaced: for showing.
Object masked(const Object& object, const std::vector<std::string>& masks = {});

// `pattern` with * for any run of characters.
bool glob(std::string_view pattern, std::string_view text);

}  // namespace weft::kube
