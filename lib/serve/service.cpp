#include "lib/serve/service.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>
#include <vector>

#include "lib/base/format.h"
#include "lib/base/id.h"
#include "lib/net/listener.h"
#include "lib/serve/shared.h"
#include "lib/serve/worker.h"

namespace weft::serve {

struct Service::Impl {
  Impl(ServiceOptions options, Faults faults, std::shared_ptr<const net::TlsContext> tls,
       const base::Clock& clock)
      : shared(std::move(options), std::move(faults), std::move(tls), clock) {}

  Shared shared;
  std::uint16_t port = 0;
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<std::thread> threads;
};

namespace {

// Signals are for the program's main thread.
void block_signals() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

base::Result<void> check(const ServiceOptions& options) {
  if (options.threads == 0 || options.threads > 256)
    return base::Error{base::ExitCode::usage, "the service needs 1 to 256 threads"};
  if (!options.unix_socket.empty() && !options.journal_socket.empty())
    return base::Error{base::ExitCode::usage,
                       "a service on a unix socket cannot have a journal socket",
                       "let it listen on a port"};
  const Limits& limits = options.limits;
  for (const base::Nanoseconds limit :
       {limits.head_timeout, limits.body_timeout, limits.idle_timeout, limits.write_timeout})
    if (limit.count() <= 0)
      return base::Error{base::ExitCode::usage, "a time limit of the service is not above 0"};
  if (!options.unix_socket.empty() && options.threads > 1)
    return base::Error{base::ExitCode::usage,
                       "a unix socket is served by one thread: the kernel does not spread its "
                       "connections",
                       "leave out the number of threads, or listen on a port"};
  return {};
}

base::Result<net::Fd> listen(const ServiceOptions& options, std::uint16_t port) {
  if (!options.unix_socket.empty()) return net::listen_unix(options.unix_socket);
  return net::listen_tcp({options.host, port, options.threads > 1});
}

}  // namespace

base::Result<std::unique_ptr<Service>> Service::start(ServiceOptions options,
                                                      const base::Clock& clock) {
  WEFT_CHECK(check(options));
  Faults faults;
  if (const auto problem = read_faults(options.faults, FaultSource::header, faults))
    return base::Error{base::ExitCode::usage,
                       fmt::format("\"{}\" is no usable fault", problem->parameter),
                       problem->reason};
  std::shared_ptr<const net::TlsContext> tls;
  if (options.tls) {
    WEFT_TRY(made, net::TlsContext::server(*options.tls, {"h2", "http/1.1"}));
    tls = std::move(made);
  }
  auto impl = std::make_unique<Impl>(std::move(options), std::move(faults), std::move(tls), clock);
  const ServiceOptions& kept = impl->shared.options;
  impl->port = kept.port;
  const std::uint64_t seed = kept.seed != 0 ? kept.seed : base::random_bits();
  for (unsigned i = 0; i < kept.threads; ++i) {
    WEFT_TRY(listener, listen(kept, impl->port));
    impl->port = net::local_port(listener.get());
    WEFT_TRY(worker, Worker::create(impl->shared, std::move(listener), seed + i));
    impl->shared.metrics.push_back(&worker->metrics());
    impl->workers.push_back(std::move(worker));
  }
  if (!kept.journal_socket.empty()) {
    WEFT_TRY(listener, net::listen_unix(kept.journal_socket));
    WEFT_TRY(worker, Worker::create(impl->shared, std::move(listener), seed));
    impl->shared.metrics.push_back(&worker->metrics());
    impl->workers.push_back(std::move(worker));
  }
  for (const auto& worker : impl->workers)
    impl->threads.emplace_back([&each = *worker] {
      block_signals();
      each.run();
    });
  return std::unique_ptr<Service>(new Service(std::move(impl)));
}

Service::Service(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Service::~Service() {
  for (const auto& worker : impl_->workers) worker->abandon();
  join();
}

std::uint16_t Service::port() const { return impl_->port; }

std::string Service::url() const {
  const ServiceOptions& options = impl_->shared.options;
  if (!options.unix_socket.empty()) return "unix:" + options.unix_socket;
  const bool any = options.host.empty() || options.host == "0.0.0.0" || options.host == "::";
  const std::string host = any ? "127.0.0.1" : options.host;
  const bool bracket = host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}", options.tls ? "https" : "http", bracket ? "[" : "", host,
                     bracket ? "]" : "", impl_->port);
}

void Service::stop() {
  impl_->shared.draining.store(true, std::memory_order_relaxed);
  for (const auto& worker : impl_->workers) worker->drain();
}

void Service::join() {
  if (impl_->threads.empty()) return;
  for (std::thread& thread : impl_->threads) thread.join();
  impl_->threads.clear();
  impl_->shared.lookups.stop();
  const ServiceOptions& options = impl_->shared.options;
  for (const std::string& path : {options.unix_socket, options.journal_socket})
    if (!path.empty()) ::unlink(path.c_str());
}

bool Service::drained_in_time() const {
  return std::ranges::none_of(impl_->workers, [](const auto& w) { return w->cut_off(); });
}

}  // namespace weft::serve
