// run() joined to the operating system: descriptors, signals, the end of the process.
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "cmd/render_error.h"
#include "cmd/run.h"
#include "cmd/streams.h"
#include "lib/proc/system_runner.h"

namespace weft::cmd {
namespace {

base::StopFlag g_stop;  // reached by the signal handler

extern "C" void on_signal(int signal) {
  if (signal == SIGINT && g_stop.requested()) {  // the second one: no patience left
    std::signal(SIGINT, SIG_DFL);
    std::raise(SIGINT);
  }
  g_stop.request(signal);
}

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  for (int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

// A signal that ended the command ends the process too, so that the caller sees which it was.
void end_by(int signal) {
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

// Images of echo applications start them as "server" and "client": commands of the same name.
std::vector<std::string> words_of(int argc, char** argv) {
  std::vector<std::string> words(argv, argv + argc);
  if (words.empty()) return words;
  const std::string name = std::filesystem::path(words.front()).filename();
  if (name == "server" || name == "client")
    words.front() = name;
  else
    words.erase(words.begin());
  return words;
}

}  // namespace

int run_process(int argc, char** argv) {
  catch_signals();
  FdReader reader(STDIN_FILENO);
  FdWriter writer(STDOUT_FILENO, [](int) { g_stop.request(); });
  FdWriter error_writer(STDERR_FILENO);
  std::istream in(&reader);
  std::ostream out(&writer);
  std::ostream err(&error_writer);
  err.setf(std::ios_base::unitbuf);

  std::error_code unknown;
  proc::SystemRunner runner(base::Environment::of_process());
  Process process{.words = words_of(argc, argv),
                  .in = in,
                  .out = out,
                  .err = err,
                  .out_fd = STDOUT_FILENO,
                  .err_fd = STDERR_FILENO,
                  .env = base::Environment::of_process(),
                  .clock = base::system_clock(),
                  .runner = runner,
                  .stop = g_stop,
                  .directory = std::filesystem::current_path(unknown).string()};
  const int code = run(process);

  if (writer.error_number() == EPIPE) return 128 + SIGPIPE;
  if (writer.error_number() != 0) {
    const auto error =
        base::system_error(base::ExitCode::input, "cannot write the output", writer.error_number());
    err << render_error(error, {});
    return static_cast<int>(error.code);
  }
  if (code == static_cast<int>(base::ExitCode::interrupted) && g_stop.signal() != 0)
    end_by(g_stop.signal());
  return code;
}

}  // namespace weft::cmd
