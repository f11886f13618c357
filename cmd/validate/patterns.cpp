#include "cmd/validate/patterns.h"

#include <algorithm>
#include <ostream>

#include "cmd/pattern/input.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/objects.h"
#include "lib/rules/pattern_file.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;

// Services that become objects only for a mesh that was not named.
std::size_t left_open(const pattern::Resolution& resolution) {
  const auto is_open = [](const pattern::Part& part) {
    return part.type.what == pattern::TypeKind::capability && part.objects.empty();
  };
  return static_cast<std::size_t>(
      std::count_if(resolution.parts.begin(), resolution.parts.end(), is_open));
}

void add_errors(const pattern::Notes& notes, std::vector<Error>& out) {
  for (const pattern::Note& note : notes)
    if (note.level == pattern::Level::error)
      out.push_back(Error{ExitCode::input, note.message}.at(note.where));
}

std::vector<doc::Manifest> objects_of(const pattern::Resolution& resolution,
                                      const std::shared_ptr<const doc::Source>& source) {
  std::vector<doc::Manifest> out;
  for (const kube::Object& ns : resolution.namespaces)
    out.push_back(rules::placed(ns, source, {1, 1}, true));
  for (const pattern::Part& part : resolution.parts)
    for (const kube::Object& object : part.objects)
      out.push_back(rules::placed(object, source, part.service->at,
                                  part.type.what == pattern::TypeKind::capability));
  return out;
}

}  // namespace

bool is_pattern(const doc::Manifests& file) {
  return file.documents.size() == 1 && rules::is_pattern(file.documents[0].document.root);
}

void render_pattern(Context& context, const InputFlags& flags, doc::Manifests& file) {
  const std::string& name = file.source->name();
  PatternFlags how;
  how.path = name;
  how.text = file.source->text();
  how.vars = flags.vars;
  how.ns = flags.ns();
  how.mesh = flags.mesh;
  how.allow_loss = flags.allow_loss;
  how.check_only = true;
  const auto input = open_pattern(context, how);
  if (!input.ok()) {
    file.broken.push_back(input.error());
    if (file.broken.back().where.source.empty()) file.broken.back().where.source = name;
    return file.documents.clear();
  }
  const PatternInput& opened = **input;
  add_errors(opened.reading.notes, file.broken);
  const std::size_t open = left_open(opened.resolution);
  auto objects = objects_of(opened.resolution, file.source);
  if (objects.empty() && open != 0) return;
  file.documents = std::move(objects);
  if (open != 0 && !context.quiet)
    context.err << fmt::format("note: {} of {} not checked: --mesh NAME makes objects of them\n",
                               base::plural(open, "service"), name);
}

}  // namespace weft::cmd
