#include "cmd/validate/patterns.h"

#include <algorithm>
#include <ostream>

#include "cmd/pattern/input.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/pattern/writing/convert.h"
#include "lib/rules/objects.h"
#include "lib/rules/pattern_file.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;

bool is_pattern(const doc::Manifests& file) {
  return file.documents.size() == 1 && rules::is_pattern(file.documents[0].document.root);
}

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

void render(Context& context, const InputFlags& flags, doc::Manifests& file,
            std::vector<doc::Manifests>& out) {
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
  const auto rendered =
      pattern::convert(opened.resolution, opened.graph, pattern::Dialect::manifests);
  for (const doc::Value& object : rendered.documents)
    out.push_back(rules::manifests_of(object, fmt::format("pattern {}", name)));
  const std::size_t open = left_open(opened.resolution);
  if (rendered.documents.empty() && open != 0) return;
  file.documents.clear();
  if (open != 0 && !context.quiet)
    context.err << fmt::format("note: {} of {} not checked: --mesh NAME makes objects of them\n",
                               base::plural(open, "service"), name);
}

}  // namespace

void render_patterns(Context& context, const InputFlags& flags,
                     std::vector<doc::Manifests>& files) {
  std::vector<doc::Manifests> rendered;
  for (doc::Manifests& file : files)
    if (is_pattern(file)) render(context, flags, file, rendered);
  std::move(rendered.begin(), rendered.end(), std::back_inserter(files));
}

}  // namespace weft::cmd
