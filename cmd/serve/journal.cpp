#include <memory>
#include <ostream>

#include "cmd/context.h"
#include "cmd/serve/serve.h"
#include "lib/serve/journal.h"

namespace weft::cmd {
namespace {

struct Options {
  std::string socket = "/tmp/weft-journal.sock";
  std::int64_t since = 0;
  std::string nonce;
  base::Nanoseconds timeout = std::chrono::seconds(10);
};

base::Result<base::ExitCode> run(Context& context, const Options& options) {
  if (options.since < 0) return base::Error{base::ExitCode::usage, "--since must not be negative"};
  WEFT_TRY(lines, serve::read_journal(options.socket, static_cast<std::uint64_t>(options.since),
                                      options.nonce, options.timeout));
  context.out << lines;
  return base::ExitCode::done;
}

}  // namespace

cli::Command journal_command() {
  auto options = std::make_shared<Options>();
  auto& o = *options;
  return {.name = "journal",
          .summary = "Show what reached a weft serve, without asking over the network",
          .description =
              "Reads the journal of a service that runs with --journal-socket: the last 65,536 "
              "requests, one line of JSON each. Nothing of it crosses the mesh, so it tells what "
              "arrived also where the mesh lets nothing through.",
          .examples = {{"weft journal --socket /run/weft.sock --since 120", "what came since"}},
          .flags = {cli::flag("--socket", o.socket, "the service's journal socket").takes("PATH"),
                    cli::flag("--since", o.since, "only records after this number"),
                    cli::flag("--nonce", o.nonce, "only requests whose nonce begins so"),
                    cli::flag("--timeout", o.timeout, "give up after so long")},
          .exit_notes = {{base::ExitCode::cluster, "nothing listens there"}},
          .heading = "Services",
          .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
