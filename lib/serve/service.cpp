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
  Impl(ServiceOptions options, Faults faults, const base::Clock& clock)
      : shared(std::move(options), std::move(faults), clock) {}

  Shared shared;
  std::vector<OpenPort> ports;
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
  if (!options.unix_socket.empty() && !options.ports.empty())
    return base::Error{base::ExitCode::usage, "a service on a unix socket has no ports"};
  if (!options.unix_socket.empty() && options.threads > 1)
    return base::Error{base::ExitCode::usage,
                       "a unix socket is served by one thread: the kernel does not spread its "
                       "connections",
                       "leave out the number of threads, or listen on a port"};
  return {};
}

std::vector<PortOptions> wanted_ports(const ServiceOptions& options) {
  if (!options.ports.empty()) return options.ports;
  return {{.port = options.port, .tls = options.tls}};
}

base::Result<Port> make_port(const PortOptions& options, Dialect dialect) {
  Port out{options.protocol, options.port, nullptr, options.server_first};
  if (!options.tls) return out;
  if (options.protocol == Protocol::udp)
    return base::Error{base::ExitCode::usage, "UDP has no TLS", "leave one of the two out"};
  std::vector<std::string> protocols;
  if (options.protocol == Protocol::http) protocols = {"h2", "http/1.1"};
  if (!protocols.empty() && dialect == Dialect::istio) protocols.emplace_back("http/1.0");
  WEFT_TRY(made, net::TlsContext::server(*options.tls, protocols));
  out.tls = std::move(made);
  return out;
}

base::Result<net::Fd> listen(const ServiceOptions& options, const PortOptions& wanted,
                             std::uint16_t number) {
  if (!options.unix_socket.empty()) return net::listen_unix(options.unix_socket);
  const std::string& host = wanted.host.empty() ? options.host : wanted.host;
  const net::ListenAddress address{host, number, options.threads > 1};
  return wanted.protocol == Protocol::udp ? net::listen_udp(address) : net::listen_tcp(address);
}

// The sockets of one thread: the first thread decides the numbers that were left to the kernel.
base::Result<std::vector<Listener>> open_ports(Shared& shared,
                                               const std::vector<PortOptions>& wanted) {
  std::vector<Listener> out;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    Port& port = shared.ports[i];
    WEFT_TRY(fd, listen(shared.options, wanted[i], port.number));
    port.number = net::local_port(fd.get());
    out.push_back({std::move(fd), &port});
  }
  return out;
}

base::Result<void> add_worker(Shared& shared, std::vector<Listener> listeners, std::uint64_t seed,
                              std::vector<std::unique_ptr<Worker>>& workers) {
  WEFT_TRY(worker, Worker::create(shared, std::move(listeners), seed));
  shared.metrics.push_back(&worker->metrics());
  workers.push_back(std::move(worker));
  return {};
}

base::Result<void> add_journal(Shared& shared, std::uint64_t seed,
                               std::vector<std::unique_ptr<Worker>>& workers) {
  WEFT_TRY(fd, net::listen_unix(shared.options.journal_socket));
  shared.ports.push_back({.protocol = Protocol::journal});
  std::vector<Listener> listeners;
  listeners.push_back({std::move(fd), &shared.ports.back()});
  return add_worker(shared, std::move(listeners), seed, workers);
}

std::string_view scheme_of(const Port& port) {
  if (port.protocol == Protocol::udp) return "udp";
  if (port.protocol == Protocol::tcp) return port.tls ? "tls" : "tcp";
  return port.tls ? "https" : "http";
}

std::string url_of(const ServiceOptions& options, const std::string& host, const Port& port) {
  if (!options.unix_socket.empty()) return "unix:" + options.unix_socket;
  const bool any = host.empty() || host == "0.0.0.0" || host == "::";
  const bool bracket = host.find(':') != std::string::npos && !any;
  return fmt::format("{}://{}{}{}:{}", scheme_of(port), bracket ? "[" : "",
                     any ? "127.0.0.1" : host, bracket ? "]" : "", port.number);
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
  const std::vector<PortOptions> wanted = wanted_ports(options);
  auto impl = std::make_unique<Impl>(std::move(options), std::move(faults), clock);
  Shared& shared = impl->shared;
  for (const PortOptions& one : wanted) {
    WEFT_TRY(port, make_port(one, shared.options.dialect));
    shared.ports.push_back(std::move(port));
  }
  const ServiceOptions& kept = shared.options;
  shared.journal.tell(kept.journal_sink);
  const std::uint64_t seed = kept.seed != 0 ? kept.seed : base::random_bits();
  for (unsigned i = 0; i < kept.threads; ++i) {
    WEFT_TRY(listeners, open_ports(shared, wanted));
    WEFT_CHECK(add_worker(shared, std::move(listeners), seed + i, impl->workers));
  }
  if (!kept.journal_socket.empty()) WEFT_CHECK(add_journal(shared, seed, impl->workers));
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Port& port = shared.ports[i];
    const std::string& host = wanted[i].host.empty() ? kept.host : wanted[i].host;
    impl->ports.push_back({port.protocol, port.number, url_of(kept, host, port)});
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

std::uint16_t Service::port() const { return impl_->ports.front().number; }

std::vector<OpenPort> Service::ports() const { return impl_->ports; }

std::string Service::url() const { return impl_->ports.front().url; }

void Service::stop() {
  impl_->shared.draining.store(true, std::memory_order_relaxed);
  for (const auto& worker : impl_->workers) worker->drain();
}

void Service::join() {
  if (impl_->threads.empty()) return;
  for (std::thread& thread : impl_->threads) thread.join();
  impl_->threads.clear();
  impl_->shared.lookups.stop();
  impl_->shared.errands.stop();
  const ServiceOptions& options = impl_->shared.options;
  for (const std::string& path : {options.unix_socket, options.journal_socket})
    if (!path.empty()) ::unlink(path.c_str());
}

bool Service::drained_in_time() const {
  return std::ranges::none_of(impl_->workers, [](const auto& w) { return w->cut_off(); });
}

}  // namespace weft::serve
