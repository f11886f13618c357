// Patterns from text: every public dialect, recognised by its content. What is none is refused with
// its place and the reason: Compose files, helm charts, stubs, texts. What is read otherwise than
// it is written becomes a note.
//
//   WEFT_TRY(reading, pattern::read(doc::Source{"shop.yaml", text}, {}));
//   for (const auto& service : reading.pattern.services) use(service.type.text);
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "lib/base/result.h"
#include "lib/pattern/pattern.h"

namespace weft::pattern {

struct Assigned {
  std::string path;  // "services.web.settings.replicas"
  doc::Value value;
};

struct ReadOptions {
  std::map<std::string, doc::Value> vars{};  // over those of the file
  std::vector<Assigned> set{};
  // The value of an environment variable, for $(#ref.env.NAME) in names; absent: unset.
  std::function<std::optional<std::string>(const std::string& name)> environment{};
  // The text behind $(#use NAME); `from` is the file that says so.
  std::function<base::Result<doc::Source>(const std::string& name, const std::string& from)> use{};
  int depth = 0;  // of $(#use) so far
};

struct Reading {
  Pattern pattern;
  Notes notes;
  std::set<std::string> unused{};  // variables that were given, and that no file knows
};

// "pattern canary has no variable servce (did you mean service?); it has service, weight"
std::string unknown_variable(const Reading& reading, std::string_view name);

base::Result<Reading> read(doc::Source source, const ReadOptions& options);

// Adds the services of another file of the same pattern. A key that stands in both is an error.
base::Result<void> append(Reading& into, Reading from);

}  // namespace weft::pattern
