#include "lib/perf/target_bodies.h"

#include "lib/base/base64.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"
#include "lib/perf/targets.h"

namespace weft::perf {

using base::Result;

Result<std::string> read_body(const NamedText& targets, const std::string& path) {
  const std::string folder = targets.name.substr(0, targets.name.rfind('/') + 1);
  return base::read_file(path.starts_with('/') ? path : folder + path);
}

Result<Bodies> read_bodies(const NamedText& targets) {
  WEFT_TRY(entries, read_targets(targets.name, targets.text));
  Bodies bodies;
  for (const TargetEntry& entry : entries) {
    const std::string& path = entry.body_file.text;
    if (path.empty() || bodies.contains(path)) continue;
    WEFT_TRY(body, read_body(targets, path));
    bodies[path] = std::move(body);
  }
  return bodies;
}

std::string pack_bodies(const Bodies& bodies) {
  doc::Value out = doc::Value::map();
  for (const auto& [path, body] : bodies) out.set(doc::Text(path), base::base64_encode(body));
  return doc::write_json(out, 0);
}

Result<Bodies> unpack_bodies(std::string_view source, std::string_view text) {
  WEFT_TRY(document, doc::read_json(doc::Source(std::string(source), std::string(text))));
  Bodies bodies;
  if (!document.root.is_map())
    return document.error(document.root.position(), "bodies must be an object of files");
  for (const doc::Member& member : document.root.members()) {
    const auto body = member.value.is_string()
                          ? base::base64_decode(std::string_view(member.value.string()))
                          : std::nullopt;
    if (!body)
      return document.error(member.value.position(),
                            fmt::format("the body of {} must be base64", member.key));
    bodies[std::string(std::string_view(member.key))] = *body;
  }
  return bodies;
}

}  // namespace weft::perf
