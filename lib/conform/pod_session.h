// One `weft probe --serve` in a pod, and requests to it (probe_service.h) from several threads.
//
//   PodSession session(runner, {"kubectl", "exec", "-i", ..., "/weft", "probe", "--serve"}, stop);
//   auto lines = session.ask("plan {...}", 60s);
//
// Nothing is sent twice: what a session that ends has not answered fails.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/stop.h"
#include "lib/proc/feed.h"
#include "lib/proc/runner.h"

namespace weft::conform {

class PodSession {
 public:
  PodSession(proc::Runner& runner, std::vector<std::string> argv, const base::StopFlag& stop);
  ~PodSession();
  PodSession(const PodSession&) = delete;
  PodSession& operator=(const PodSession&) = delete;

  // The lines of the answer. Errors: cluster, the session ended, with what it said; timeout, also
  // when it was silent for so long that it hangs, which ends it; invalid, the request was refused;
  // interrupted.
  base::Result<std::string> ask(const std::string& request, base::Nanoseconds timeout);

  bool began() const;  // it was ready once: a request may have been carried out
  bool ended() const;
  void close();  // no more requests; returns at once

 private:
  struct Request {
    std::string lines;
    std::string refusal;
    bool done = false;
  };
  void hear(proc::Output output, std::string_view line);
  void end(const base::Result<proc::Finished>& how);
  base::Error why_ended() const;

  const base::StopFlag& stop_;
  std::shared_ptr<proc::Feed> feed_ = std::make_shared<proc::Feed>();
  base::StopFlag kill_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, Request> requests_;
  std::uint64_t last_ = 0;  // number of a request
  base::MonoTime heard_;    // when the last line came
  bool began_ = false, ended_ = false;
  std::string complaint_;
  std::thread thread_;
};

}  // namespace weft::conform
