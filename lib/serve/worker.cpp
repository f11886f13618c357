#include "lib/serve/worker.h"

#include <sys/prctl.h>
#include <sys/socket.h>

#include <cerrno>

#include "lib/serve/http2_connection.h"
#include "lib/serve/json_text.h"
#include "lib/serve/route.h"
#include "lib/serve/tcp_connection.h"
#include "lib/serve/websocket_connection.h"

namespace weft::serve {
namespace {

constexpr int kMaxBacklog = 65'536;  // should new clients never stop coming
constexpr int kAcceptBatch = 64;     // before the connections already there get their turn again

std::string make_root_answer(std::string_view date) {
  Reply reply;
  reply.body = kRootText;
  std::string out;
  append_head(out, reply, date);
  return out + reply.body;
}

void refuse_connection(int socket, std::string_view date) {
  Reply reply;
  reply.status = 503;
  reply.type = "application/json";
  reply.body = error_json("too many connections");
  reply.keep_alive = false;
  std::string out;
  append_head(out, reply, date);
  out += reply.body;
  ::send(socket, out.data(), out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace

// A listening socket in the loop.
class Worker::Acceptor final : public net::Watcher {
 public:
  Acceptor(Worker& worker, Listener listener) : worker_(worker), listener_(std::move(listener)) {}

  void ready(std::uint32_t) override {
    for (int i = 0; i < kAcceptBatch && worker_.accept_one(*this); ++i) {
    }
  }
  int socket() const { return listener_.fd.get(); }
  const Port& port() const { return *listener_.port; }

 private:
  Worker& worker_;
  Listener listener_;
};

base::Result<std::unique_ptr<Worker>> Worker::create(Shared& shared,
                                                     std::vector<Listener> listeners,
                                                     std::uint64_t seed) {
  WEFT_TRY(loop, net::Loop::create(shared.clock));
  std::unique_ptr<Worker> worker(new Worker(shared, std::move(loop), seed));
  for (Listener& listener : listeners) WEFT_CHECK(worker->listen(std::move(listener)));
  return worker;
}

base::Result<void> Worker::listen(Listener listener) {
  const int fd = listener.fd.get();
  net::Watcher* watcher = nullptr;
  if (listener.port->protocol == Protocol::udp) {
    datagrams_.push_back(std::make_unique<UdpEcho>(shared_, metrics_, std::move(listener)));
    watcher = datagrams_.back().get();
  } else {
    acceptors_.push_back(std::make_unique<Acceptor>(*this, std::move(listener)));
    watcher = acceptors_.back().get();
  }
  if (loop_->add(fd, EPOLLIN, *watcher)) return {};
  return base::system_error(base::ExitCode::tool, "cannot watch the listening socket", errno);
}

Worker::Worker(Shared& shared, std::unique_ptr<net::Loop> loop, std::uint64_t seed)
    : shared_(shared),
      loop_(std::move(loop)),
      random_(seed),
      accept_again_([this] {
        for (const auto& acceptor : acceptors_) loop_->modify(acceptor->socket(), EPOLLIN);
      }),
      drain_limit_([this] { cut_connections(); }) {}

Worker::~Worker() = default;

void Worker::run() {
  // The kernel may delay a sleeping thread's timers by 50 us to save wake-ups; delays asked of
  // this service are to be more exact than that.
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  update_date();
  while (!abandoned_ && !(draining_ && open_ == 0)) {
    loop_->run_once();
    retired_.clear();
    if (loop_->now() >= date_until_) update_date();
  }
}

void Worker::drain() {
  loop_->post([this] { begin_drain(); });
}

void Worker::abandon() {
  loop_->post([this] { abandoned_ = true; });
}

template <typename Next, typename... Arguments>
void Worker::switch_to(Connection& connection, std::string_view received,
                       Arguments&&... arguments) {
  const auto index = static_cast<std::size_t>(connection.socket());
  net::Stream stream = connection.release();
  retired_.push_back(std::move(connections_[index]));
  auto next =
      std::make_unique<Next>(*this, std::move(stream), std::forward<Arguments>(arguments)...);
  Next& client = *next;
  if (!loop_->add(static_cast<int>(index), EPOLLIN, client)) {
    --open_;
    metrics_.connections_open.subtract(1);
    return;
  }
  connections_[index] = std::move(next);
  client.begin(received);
}

void Worker::switch_to_http2(Connection& connection, std::string_view received) {
  switch_to<Http2Connection>(connection, received, connection.port());
}

void Worker::switch_to_websocket(Connection& connection, std::string lines,
                                 std::string_view received) {
  switch_to<WebSocketConnection>(connection, received, std::move(lines));
}

void Worker::retire(Client& client) {
  const auto index = static_cast<std::size_t>(client.socket());
  retired_.push_back(std::move(connections_[index]));
  --open_;
  metrics_.connections_open.subtract(1);
}

// False when there is nothing more to accept for now.
bool Worker::accept_one(Acceptor& acceptor) {
  net::Fd socket(::accept4(acceptor.socket(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket) {
    if (errno == ECONNABORTED || errno == EINTR) return true;
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
      pause_accepting(acceptor);
    return false;
  }
  metrics_.connections_accepted.add(1);
  const Port& port = acceptor.port();
  if (open_ >= shared_.options.limits.connections) {
    metrics_.connections_refused.add(1);
    if (port.tls == nullptr && port.protocol == Protocol::http)
      refuse_connection(socket.get(), date_);
    return true;
  }
  const int fd = socket.get();
  const auto index = static_cast<std::size_t>(fd);
  net::Stream stream{std::move(socket), nullptr};
  if (port.tls != nullptr) stream.tls = std::make_unique<net::TlsSession>(*port.tls, fd);
  auto client = make_client(std::move(stream), port);
  if (!loop_->add(fd, EPOLLIN, *client)) return true;
  if (index >= connections_.size()) connections_.resize(index + 64);
  connections_[index] = std::move(client);
  ++open_;
  metrics_.connections_open.add(1);
  connections_[index]->joined();
  return true;
}

std::unique_ptr<Client> Worker::make_client(net::Stream stream, const Port& port) {
  if (port.protocol == Protocol::tcp)
    return std::make_unique<TcpConnection>(*this, std::move(stream), port);
  return std::make_unique<Connection>(*this, std::move(stream), port);
}

// Out of descriptors: the waiting client stays in the kernel's queue until some were closed.
void Worker::pause_accepting(Acceptor& acceptor) {
  loop_->modify(acceptor.socket(), 0);
  loop_->timers().set(accept_again_, loop_->now() + std::chrono::milliseconds(100));
}

void Worker::begin_drain() {
  if (draining_) return;
  draining_ = true;
  for (const auto& acceptor : acceptors_) {
    // Clients whose connection the kernel has accepted already are served, not reset.
    for (int i = 0; i < kMaxBacklog && accept_one(*acceptor); ++i) {
    }
    loop_->remove(acceptor->socket());
  }
  loop_->timers().cancel(accept_again_);
  acceptors_.clear();
  for (const auto& each : datagrams_) {
    each->ready(EPOLLIN);
    loop_->remove(each->socket());
  }
  datagrams_.clear();
  for (const auto& connection : connections_)
    if (connection != nullptr) connection->drain();
  loop_->timers().set(drain_limit_, loop_->now() + shared_.options.drain_limit);
}

void Worker::cut_connections() {
  for (const auto& connection : connections_) {
    if (connection == nullptr) continue;
    cut_off_ = true;
    connection->reset();
  }
}

void Worker::update_date() {
  const base::WallTime now = shared_.clock.wall();
  date_ = http_date(now);
  const ServiceOptions& options = shared_.options;
  if (!shared_.faults.any() && options.journal_socket.empty() && options.dialect == Dialect::weft)
    root_answer_ = make_root_answer(date_);
  const auto next = std::chrono::floor<std::chrono::seconds>(now) + std::chrono::seconds(1);
  date_until_ = loop_->now() + (next - now);
}

}  // namespace weft::serve
