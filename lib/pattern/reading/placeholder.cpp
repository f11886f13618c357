#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/pattern/reading/reference.h"

namespace weft::pattern {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using Kind = Placeholder::Kind;

constexpr std::string_view kReference = "#ref.";
constexpr std::string_view kUse = "#use ";

bool is_sealed(std::string_view path) {
  return path.starts_with("env.") || path.starts_with("secret.") || path.starts_with("file.");
}

}  // namespace

bool may_refer(std::string_view text) { return text.find("$(") != std::string_view::npos; }

Result<std::optional<Placeholder>> find_placeholder(std::string_view text, std::size_t from) {
  while (true) {
    const auto begin = text.find("$(", from);
    if (begin == std::string_view::npos) return std::optional<Placeholder>{};
    const bool escaped = begin > from && text[begin - 1] == '$';
    const std::string_view rest = text.substr(begin + 2);
    if (!rest.starts_with('#')) {  // $(VAR) of a container's command is none of ours
      from = begin + 2;
      continue;
    }
    if (escaped) return std::optional(Placeholder{Kind::escape, begin - 1, begin + 2, {}});
    const auto end = rest.find(')');
    const bool is_use = rest.starts_with(kUse);
    if (end == std::string_view::npos || (!is_use && !rest.starts_with(kReference)))
      return Error{ExitCode::input, fmt::format("{} is no reference", text.substr(begin, 60)),
                   "write $(#ref.vars.NAME), or $$(# for the text itself"};
    const std::size_t word = is_use ? kUse.size() : kReference.size();
    Placeholder out{is_use ? Kind::use : Kind::reference, begin, begin + 2 + end + 1,
                    std::string(base::trim(rest.substr(word, end - word)))};
    if (!is_use && is_sealed(out.path)) out.kind = Kind::sealed;
    return std::optional(std::move(out));
  }
}

std::optional<std::string> only_placeholder(std::string_view text, Kind kind) {
  text = base::trim(text);
  auto found = find_placeholder(text, 0);
  if (!found.ok() || !*found || (*found)->kind != kind) return std::nullopt;
  if ((*found)->begin != 0 || (*found)->end != text.size()) return std::nullopt;
  return (*found)->path;
}

std::vector<std::string> path_parts(std::string_view path) {
  std::vector<std::string> out;
  while (!path.empty()) {
    const bool bracketed = path.front() == '[';
    const auto end = bracketed ? path.find(']') : path.find('.');
    out.emplace_back(bracketed ? path.substr(1, end == path.npos ? path.npos : end - 1)
                               : path.substr(0, end));
    if (end == std::string_view::npos) break;
    path.remove_prefix(end + 1);
    if (bracketed && path.starts_with('.')) path.remove_prefix(1);
  }
  return out;
}

Result<void> unseal(doc::Value& value, const Resolve& resolve, std::vector<std::string>& secrets) {
  if (value.is_list())
    for (doc::Value& item : value.items()) WEFT_CHECK(unseal(item, resolve, secrets));
  if (value.is_map())
    for (doc::Member& member : value.members()) WEFT_CHECK(unseal(member.value, resolve, secrets));
  if (!value.is_string() || !may_refer(value.string())) return {};
  std::string text = value.string();
  std::size_t from = 0;
  while (true) {
    WEFT_TRY(found, find_placeholder(text, from));
    if (!found) break;
    if (found->kind != Kind::sealed) {
      from = found->end;
      continue;
    }
    WEFT_TRY(secret, resolve(found->path));
    secrets.push_back(secret);
    text.replace(found->begin, found->end - found->begin, secret);
    from = found->begin + secret.size();
  }
  const doc::Position at = value.position();
  value = doc::Value(text);
  value.set_position(at);
  return {};
}

}  // namespace weft::pattern
