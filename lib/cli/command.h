// Commands and flags as data. One tree of Command describes the whole command line; parsing,
// help, man pages, shell completion, did-you-mean and the tests all read it.
//
//   struct Options { std::string url; std::string qps = "max"; bool keepalive = true; };
//
//   cli::Command serve_command() {
//     auto options = std::make_shared<Options>();
//     return {.name = "run",
//             .summary = "Measure a service",
//             .examples = {{"weft perf run http://localhost:8080/", "as fast as possible"}},
//             .arguments = {cli::argument("URL", options->url, "what to measure").optional()},
//             .flags = {cli::flag("--qps", options->qps, "requests per second").takes("N|max")},
//             .run = [options](cmd::Context& context) { return run(context, *options); }};
//   }
//
// The tree is built anew for each invocation, so options need no reset.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/number.h"
#include "lib/base/result.h"

namespace weft::cmd {
struct Context;  // what a command receives; the command line layer defines it, we only pass it on
}

namespace weft::cli {

struct Candidate {
  std::string value;
  std::string description;
};
// Completions for a word that starts with `prefix`; may read files, never the network.
using Completer = std::function<std::vector<Candidate>(cmd::Context&, std::string_view prefix)>;
using Setter = std::function<base::Result<void>(std::string_view)>;

struct Flag {
  std::string name;          // "--qps"
  char letter = 0;           // 'H' for -H, 0 for none
  std::string help;          // one sentence, lower case, no full stop
  std::string group;         // heading in the help; "" is "Flags"
  std::string value_name;    // "N|max"; empty for a switch
  std::string default_text;  // shown as (default: ...)
  std::string config_key;    // "perf.qps": may also come from WEFT_PERF_QPS and config files
  std::vector<std::string> choices;
  bool repeatable = false;
  bool hidden = false;
  Completer complete;
  Setter set;  // switches receive "true" or "false" (--keepalive=false)

  Flag&& takes(std::string name) &&;
  Flag&& in(std::string heading) &&;
  Flag&& as(char short_letter) &&;
  Flag&& one_of(std::vector<std::string> values) &&;
  Flag&& completes(Completer completer) &&;
  Flag&& from_config(std::string key) &&;
  Flag&& hide() &&;
  Flag&& defaults_to(std::string text) &&;
};

struct Argument {
  std::string name;  // "URL"
  std::string help;
  bool required = true;
  bool repeatable = false;
  Completer complete;
  Setter set;

  Argument&& optional() &&;
  Argument&& completes(Completer completer) &&;
};

struct Example {
  std::string command;
  std::string explanation;
};

// An exit code whose meaning this command makes more precise than the general table.
struct ExitNote {
  base::ExitCode code;
  std::string meaning;
};

struct Command {
  std::string name;
  std::string summary;      // one line, imperative, no full stop
  std::string description;  // paragraphs for `weft help` and the man page; may be empty
  std::vector<Example> examples;
  std::vector<Argument> arguments;
  std::vector<Flag> flags;
  std::vector<ExitNote> exit_notes;
  std::vector<Command> commands;     // subcommands; then run is empty
  std::string heading;               // of the list it stands in: "Performance", "Cluster" ...
  std::vector<std::string> outputs;  // formats of --output that only this command has
  bool hidden = false;
  bool without_files = false;  // works also when a configuration file is broken
  std::function<base::Result<base::ExitCode>(cmd::Context&)> run;
};

// Binders: the default shown is the target's value at the time of the call. A bool makes a
// switch, a vector makes the flag repeatable, an optional has no default.
Flag flag(std::string name, bool& target, std::string help);
Flag flag(std::string name, std::string& target, std::string help);
Flag flag(std::string name, std::int64_t& target, std::string help);
Flag flag(std::string name, double& target, std::string help);
Flag flag(std::string name, base::Nanoseconds& target, std::string help);
Flag flag(std::string name, std::vector<std::string>& target, std::string help);
Flag flag(std::string name, std::optional<std::string>& target, std::string help);
Flag flag(std::string name, std::optional<std::int64_t>& target, std::string help);
Flag flag(std::string name, std::optional<double>& target, std::string help);
Flag flag(std::string name, std::optional<base::Nanoseconds>& target, std::string help);
Flag flag(std::string name, std::optional<bool>& target, std::string help);
Argument argument(std::string name, std::string& target, std::string help);
Argument argument(std::string name, std::optional<std::string>& target, std::string help);
Argument argument(std::string name, std::vector<std::string>& target, std::string help);  // 1..n

}  // namespace weft::cli
