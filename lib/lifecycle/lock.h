// One operation at a time per mesh and cluster: the Lease weft-<mesh> in the control plane's
// namespace, taken by server-side apply with a manager of its own, so that the API server itself
// refuses the second. Renewed by a thread while it is held; a holder that died on this machine is
// noticed at once, one that died elsewhere after 60 seconds.
//
//   WEFT_TRY(lock, Lock::take(work, {"istio", "istio-system", op_id, identity}, is_dead));
//   ...
//   lock->release();     // the destructor does it too
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "lib/lifecycle/work.h"

namespace weft::lifecycle {

struct LockName {
  std::string mesh;
  std::string ns;
  std::string op;      // id of the operation
  std::string holder;  // "host/pid": who holds it, for messages and for is_dead
};

class Lock {
 public:
  // `is_dead`: whether that holder is known to be gone. With `break_lock` it counts as gone.
  // Held by somebody alive: a cluster error that names the holder and how long ago it was renewed.
  // `home`, unless it is null, is the namespace of the lease, made with it when it is not there.
  // Where that was seen a moment ago the lease is written without another look: nobody can hold it.
  static base::Result<std::unique_ptr<Lock>> take(
      Work& work, LockName name, const std::function<bool(const std::string&)>& is_dead,
      bool break_lock, const kube::Object* home = nullptr, bool home_is_missing = false);
  bool made_home() const { return made_home_; }
  ~Lock() { release(); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  void release();

 private:
  Lock(Work& work, LockName name) : work_(work), name_(std::move(name)) {}
  base::Result<void> write(bool force, kube::Objects before = {});
  void begin_renewal();
  void renew_until_released();

  Work& work_;
  LockName name_;
  std::mutex mutex_;
  std::condition_variable released_;
  bool held_ = true;
  bool made_home_ = false;
  std::thread renewal_;
};

}  // namespace weft::lifecycle
