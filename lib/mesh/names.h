// The words of the catalogue files for the enums of mesh.h, which reader and to_string share, and
// the search by name.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "lib/mesh/mesh.h"

namespace weft::mesh {

template <typename E>
struct Named {
  E value;
  std::string_view name;
};

template <typename E>
inline constexpr int kNames = 0;  // a table for each enum below

template <>
inline constexpr Named<Kind> kNames<Kind>[] = {{Kind::mesh, "mesh"}, {Kind::addon, "addon"}};
template <>
inline constexpr Named<State> kNames<State>[] = {{State::active, "active"},
                                                 {State::commercial, "commercial"},
                                                 {State::archived, "archived"},
                                                 {State::ended, "ended"},
                                                 {State::historical, "historical"}};
template <>
inline constexpr Named<Driver> kNames<Driver>[] = {{Driver::helm, "helm"},
                                                   {Driver::kustomize, "kustomize"},
                                                   {Driver::external, "external"},
                                                   {Driver::none, "none"}};
template <>
inline constexpr Named<Crds> kNames<Crds>[] = {{Crds::none, "none"},
                                               {Crds::templates, "templates"},
                                               {Crds::folder, "folder"},
                                               {Crds::runtime, "runtime"},
                                               {Crds::hook, "hook"}};
template <>
inline constexpr Named<LeftoverDelete> kNames<LeftoverDelete>[] = {
    {LeftoverDelete::always, "always"},
    {LeftoverDelete::purge, "purge"},
    {LeftoverDelete::never, "never"}};
template <>
inline constexpr Named<CleanupAction> kNames<CleanupAction>[] = {
    {CleanupAction::delete_object, "delete-object"},
    {CleanupAction::delete_custom_resources, "delete-custom-resources"},
    {CleanupAction::strip_finalizers, "strip-finalizers"}};
template <>
inline constexpr Named<Support> kNames<Support>[] = {{Support::no, "no"},
                                                     {Support::partial, "partial"},
                                                     {Support::yes, "yes"},
                                                     {Support::annotation, "annotation"},
                                                     {Support::raw, "raw"},
                                                     {Support::experimental, "experimental"},
                                                     {Support::enterprise, "enterprise"}};

template <typename T>
const T* by_name(const std::vector<T>& all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &T::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace weft::mesh
