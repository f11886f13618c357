#include "lib/proc/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>

#include "lib/base/format.h"

namespace weft::proc {
namespace {

using base::ExitCode;
using base::Result;

// The pipe ends of the parent never block; no end survives exec unless it is passed on purpose.
Result<Pipe> make_pipe(bool parent_reads) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return base::system_error(ExitCode::tool, "cannot make a pipe", errno);
  Pipe pipe{Fd(ends[0]), Fd(ends[1])};
  ::fcntl(parent_reads ? ends[0] : ends[1], F_SETFL, O_NONBLOCK);
  return pipe;
}

std::vector<std::string> environment_block(const base::Environment& env, const Command& command) {
  auto variables = env.variables();
  for (const auto& [name, value] : command.env) variables.insert_or_assign(name, value);
  std::vector<std::string> block;
  block.reserve(variables.size());
  for (const auto& [name, value] : variables) block.push_back(fmt::format("{}={}", name, value));
  return block;
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (const std::string& string : strings) out.push_back(const_cast<char*>(string.c_str()));
  out.push_back(nullptr);
  return out;
}

// What happens in the child between fork and exec.
class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none, defaults;
    ::sigemptyset(&none);
    ::sigemptyset(&defaults);
    for (int signal : {SIGINT, SIGTERM, SIGPIPE}) ::sigaddset(&defaults, signal);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  void connect(int fd, int as) { ::posix_spawn_file_actions_adddup2(&actions_, fd, as); }
  void change_directory(const std::string& directory) {
    ::posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str());
  }
  int spawn(pid_t& pid, const std::string& program, const std::vector<std::string>& argv,
            const std::vector<std::string>& env) {
    return ::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, pointers(argv).data(),
                         pointers(env).data());
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

}  // namespace

Result<Child> Child::spawn(const Command& command, const std::string& program,
                           const base::Environment& env) {
  WEFT_TRY(in, make_pipe(false));
  WEFT_TRY(out, make_pipe(true));
  WEFT_TRY(err, make_pipe(true));
  SpawnPlan plan;
  plan.connect(in.read_end.get(), STDIN_FILENO);
  plan.connect(out.write_end.get(), STDOUT_FILENO);
  plan.connect(err.write_end.get(), STDERR_FILENO);
  if (!command.directory.empty()) plan.change_directory(command.directory);

  Child child;
  const int failure =
      plan.spawn(child.pid_, program, command.argv, environment_block(env, command));
  if (failure != 0) {
    child.pid_ = -1;
    return base::system_error(ExitCode::tool, fmt::format("cannot start {}", program), failure);
  }
  child.exit_fd_ = Fd(static_cast<int>(::syscall(SYS_pidfd_open, child.pid_, 0)));
  child.in_ = std::move(in.write_end);
  child.out_ = std::move(out.read_end);
  child.err_ = std::move(err.read_end);
  child.input_ = command.input;
  child.more_ = command.feed;
  child.feed();
  return child;
}

Child::Child(Child&& other) noexcept
    : out(std::move(other.out)),
      err(std::move(other.err)),
      pid_(std::exchange(other.pid_, -1)),
      exit_fd_(std::move(other.exit_fd_)),
      in_(std::move(other.in_)),
      out_(std::move(other.out_)),
      err_(std::move(other.err_)),
      input_(std::move(other.input_)),
      more_(std::move(other.more_)),
      fed_(other.fed_) {}

Child::~Child() {
  if (pid_ > 0) reap();
}

void Child::pump(base::Nanoseconds wait) {
  constexpr base::Nanoseconds kTickWithoutExitFd = std::chrono::milliseconds(10);
  if (!exit_fd_.open()) wait = std::min(wait, kTickWithoutExitFd);
  const bool waits = more_ != nullptr && fed_ == input_.size();  // for more input
  pollfd polled[] = {{exit_fd_.get(), POLLIN, 0},
                     {waits ? -1 : in_.get(), POLLOUT, 0},
                     {waits ? more_->descriptor() : -1, POLLIN, 0},
                     {out_.get(), POLLIN, 0},
                     {err_.get(), POLLIN, 0}};  // poll passes over negative descriptors
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
  ::poll(polled, std::size(polled), static_cast<int>(std::clamp<long>(milliseconds, 0, 60'000)));
  if (polled[1].revents != 0 || polled[2].revents != 0) feed();
  drain(out_, out);
  drain(err_, err);
}

// Closed as soon as everything is written: many programs read to the end before they start.
void Child::feed() {
  if (more_ != nullptr) {
    input_.erase(0, fed_);
    fed_ = 0;
    if (more_->take(input_)) more_.reset();
  }
  while (in_.open() && fed_ < input_.size()) {
    const ssize_t written = ::write(in_.get(), input_.data() + fed_, input_.size() - fed_);
    if (written >= 0) {
      fed_ += static_cast<std::size_t>(written);
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR) {
      more_.reset();  // the child does not want the rest
      break;
    }
  }
  if (more_ == nullptr) in_.close();
}

// At most a few buffers at a time, so that a child which never pauses cannot hold up the deadline.
void Child::drain(Fd& fd, std::string& text) {
  char buffer[65536];
  for (int turn = 0; fd.open() && turn < 16; ++turn) {
    const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
    if (got > 0) {
      text.append(buffer, static_cast<std::size_t>(got));
    } else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
      fd.close();
    } else if (errno == EAGAIN) {
      return;
    }
  }
}

bool Child::exited() {
  siginfo_t info{};
  const int result = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
  return result == 0 && info.si_pid == pid_;
}

void Child::signal_group(int signal) { ::kill(-pid_, signal); }

// The group is ended before the child is reaped: until then its id cannot belong to anybody else.
int Child::reap() {
  signal_group(SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace weft::proc
