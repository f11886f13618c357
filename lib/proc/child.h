// One running child: its process group and the three pipes to it. Used by SystemRunner only.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "lib/base/environment.h"
#include "lib/base/result.h"
#include "lib/proc/feed.h"
#include "lib/proc/pipe.h"
#include "lib/proc/runner.h"

namespace weft::proc {

class Child {
 public:
  // `program` is an absolute or relative path; the environment is `env` plus the command's own.
  static base::Result<Child> spawn(const Command& command, const std::string& program,
                                   const base::Environment& env);
  // Ends and reaps whatever is left of the process group.
  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;

  // Waits up to `wait` for something to happen, then moves what input and output can be moved.
  void pump(base::Nanoseconds wait);

  bool exited();  // the child itself is gone; its children may still hold the pipes
  bool outputs_closed() const { return !out_.open() && !err_.open(); }
  void signal_group(int signal);
  // Ends the rest of the group and returns the exit code, 128 + n when killed by signal n.
  int reap();

  std::string out;
  std::string err;

 private:
  Child() = default;
  void feed();
  static void drain(Fd& fd, std::string& text);

  pid_t pid_ = -1;
  Fd exit_fd_;  // readable once the child is gone; absent on kernels before 5.3
  Fd in_, out_, err_;
  std::string input_;
  std::shared_ptr<Feed> more_;  // input to come; absent when there is none
  std::size_t fed_ = 0;
};

}  // namespace weft::proc
