// Several threads send; one mutex orders the lines.
#include "lib/conform/probe.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/judge.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace weft::conform {
namespace {

using namespace std::chrono_literals;
using doc::Value;

constexpr auto kPause = 50ms;  // after an answer that does not meet the condition
// Between those that do: for a tenth of a second an old proxy may take requests beside the new one.
constexpr auto kPace = 10ms;
// Answers that have to look like a distribution, and how far off its shares may be, in standard
// deviations: enough to tell a split from the even one before it took effect.
constexpr std::size_t kWindow = 300;
constexpr double kDeviations = 3;
constexpr std::size_t kMaxSettle = 20'000;  // answers

std::uint64_t micros_since(base::MonoTime start) {
  const auto time = base::system_clock().monotonic() - start;
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(time).count());
}

std::string text_of(const Value& map, std::string_view key) {
  const Value* value = map.find(key);
  return value != nullptr && value->is_string() ? std::string(value->string()) : std::string();
}

// What an answer of /echo says, or a server that speaks first; anything else says nothing.
void read_echo(const Answer& answer, bool detail, ProbeAnswer& out) {
  constexpr std::string_view kGreeting = "weft ";
  if (answer.status == 0 && answer.body.starts_with(kGreeting))
    out.backend = answer.body.substr(kGreeting.size(), answer.body.find('\n') - kGreeting.size());
  if (answer.status != 200 || !answer.body.starts_with('{')) return;
  const auto echo = doc::read_json(doc::Source("echo", answer.body));
  if (!echo.ok() || text_of(echo->root, "schema") != "weft.echo/v1") return;
  out.backend = text_of(echo->root, "service");
  if (!detail) return;
  Seen seen{text_of(echo->root, "method"),
            text_of(echo->root, "raw_path"),
            text_of(echo->root, "host"),
            text_of(echo->root, "proto"),
            0,
            {}};
  if (const Value* size = echo->root.find("body_length"); size != nullptr && size->is_int())
    seen.body_size = static_cast<std::uint64_t>(size->integer());
  if (const Value* headers = echo->root.find("headers"); headers != nullptr && headers->is_map())
    for (const doc::Member& member : headers->members())
      for (const Value& value : member.value.is_list() ? member.value.items() : Value::List{})
        if (value.is_string()) seen.headers.emplace_back(member.key, value.string());
  out.seen = std::move(seen);
}

Value pairs(const std::vector<std::pair<std::string, std::string>>& headers) {
  Value out = Value::list();
  for (const auto& [name, value] : headers) out.push(Value::list().push(name).push(value));
  return out;
}

std::string line_of(const ProbeAnswer& answer, bool detail) {
  Value out;
  out.set("n", answer.n).set("nonce", answer.nonce).set("outcome", answer.outcome);
  if (!answer.error.empty()) out.set("error", answer.error);
  if (!answer.backend.empty()) out.set("backend", answer.backend);
  if (answer.connection > 0) out.set("connection", answer.connection);
  if (answer.reused) out.set("reused", true);
  out.set("us", answer.micros);
  if (answer.body_size > 0) out.set("body_size", answer.body_size);
  if (detail) out.set("headers", pairs(answer.headers));
  if (answer.tls) {
    Value names = Value::list();
    for (const std::string& name : answer.tls->names) names.push(name);
    out.set("tls", Value::map()
                       .set("names", std::move(names))
                       .set("fingerprint", answer.tls->fingerprint)
                       .set("asked", answer.tls->asked));
  }
  if (answer.seen)
    out.set("seen", Value::map()
                        .set("method", answer.seen->method)
                        .set("path", answer.seen->path)
                        .set("host", answer.seen->host)
                        .set("protocol", answer.seen->protocol)
                        .set("body_size", answer.seen->body_size)
                        .set("headers", pairs(answer.seen->headers)));
  return doc::write_json(out, 0);
}

class Prober {
 public:
  Prober(const ProbePlan& plan, const base::StopFlag& stop,
         const std::function<void(const std::string&)>& line)
      : plan_(plan), stop_(stop), line_(line), started_(base::system_clock().monotonic()) {}

  ProbeEnd run() {
    std::thread heart([this] { beat(); });
    if (plan_.until)
      settle();
    else if (plan_.request.connections > 0)
      send_kept();
    else
      send_all();
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    ended_.notify_all();
    heart.join();
    end_.sent = sent_.load();
    Value last;
    last.set("end", true).set("sent", end_.sent);
    if (plan_.until) last.set("settled", end_.settled).set("settle_us", end_.settle_micros);
    line_(doc::write_json(last, 0));
    return end_;
  }

 private:
  void beat() {
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, 1s, [this] { return done_; }))
      line_(fmt::format("{{\"heartbeat\":{}}}", sent_.load()));
  }

  ProbeAnswer ask(Client& client, std::uint64_t n, std::uint64_t connection) {
    ProbeAnswer out;
    out.n = n;
    out.nonce = fmt::format("{}-{}", plan_.nonce, n);
    out.connection = connection;
    const auto began = base::system_clock().monotonic();
    Answer answer = client.send(plan_.request, out.nonce);
    out.micros = micros_since(began);
    out.outcome = std::move(answer.outcome);
    out.error = std::move(answer.error);
    out.reused = answer.reused;
    out.body_size = answer.body_size;
    read_echo(answer, plan_.detail, out);
    out.headers = std::move(answer.headers);
    out.tls = std::move(answer.tls);
    const std::string line = line_of(out, plan_.detail);
    const std::lock_guard lock(mutex_);
    line_(line);
    sent_.fetch_add(1);
    return out;
  }

  void send_all() {
    std::atomic<std::uint64_t> next{0};
    const auto work = [&] {
      Client client(false);
      for (std::uint64_t n = next++; n < plan_.count && !stop_.requested(); n = next++)
        ask(client, n, 0);
    };
    std::vector<std::thread> others;
    for (std::uint64_t i = 1; i < std::min(plan_.workers, plan_.count); ++i)
      others.emplace_back(work);
    work();
    for (std::thread& other : others) other.join();
  }

  void send_kept() {
    std::vector<Client> clients;
    for (std::uint64_t i = 0; i < plan_.request.connections; ++i) clients.emplace_back(true);
    for (std::uint64_t n = 0; n < plan_.count && !stop_.requested(); ++n)
      ask(clients[n % clients.size()], n, 1 + n % clients.size());
  }

  bool meets(const ProbeAnswer& answer) const {
    return wrong_answer(plan_.until->expect, answer).empty();
  }

  // Whether the last answers are divided like the shares that are waited for.
  static bool looks_like(const std::map<std::string, double>& shares,
                         const std::deque<std::string>& last) {
    if (last.size() < kWindow) return false;
    const auto n = static_cast<double>(last.size());
    return std::ranges::all_of(shares, [&](const auto& share) {
      const auto hits = static_cast<double>(std::ranges::count(last, share.first));
      const double sigma = std::sqrt(share.second * (1 - share.second) / n);
      return std::abs(hits / n - share.second) <= kDeviations * sigma;
    });
  }

  // Good answers that began in time are heard to their end: how many come within a time says
  // something about the machine.
  bool is_over() const { return base::system_clock().monotonic() - started_ > plan_.until->within; }

  // Until a window of good answers looks like the shares.
  void settle_shares() {
    const ProbeUntil& until = *plan_.until;
    Client client(false);
    std::deque<std::string> last;
    std::deque<std::uint64_t> asked;
    for (std::uint64_t n = 0; n < kMaxSettle && !stop_.requested(); ++n) {
      if (is_over() && (last.empty() || last.size() >= kWindow)) return;
      asked.push_back(micros_since(started_));
      const ProbeAnswer answer = ask(client, n, 0);
      if (!meets(answer)) {
        last.clear();
        asked.clear();
        std::this_thread::sleep_for(kPause);
        continue;
      }
      last.push_back(answer.backend);
      if (last.size() > kWindow) {
        last.pop_front();
        asked.pop_front();
      }
      if (!looks_like(until.expect.shares, last)) continue;
      end_.settled = true;
      end_.settle_micros = asked.front();
      return;
    }
  }

  void settle() {
    const ProbeUntil& until = *plan_.until;
    if (!until.expect.shares.empty()) return settle_shares();
    Client client(false);
    std::uint64_t in_a_row = 0;
    std::uint64_t first_of_row = 0;
    std::set<std::string> reached;
    for (std::uint64_t n = 0; n < kMaxSettle && !stop_.requested(); ++n) {
      if (is_over() && (in_a_row == 0 || in_a_row >= until.consecutive)) return;
      const std::uint64_t at = micros_since(started_);
      const ProbeAnswer answer = ask(client, n, 0);
      if (!meets(answer)) {
        in_a_row = 0;
        reached.clear();
        std::this_thread::sleep_for(kPause);
        continue;
      }
      if (in_a_row++ == 0) first_of_row = at;
      reached.insert(answer.backend);
      const bool all = std::ranges::all_of(
          until.seen, [&](const std::string& app) { return reached.contains(app); });
      if (!all || in_a_row < until.consecutive) {
        std::this_thread::sleep_for(kPace);
        continue;
      }
      end_.settled = true;
      end_.settle_micros = first_of_row;
      return;
    }
  }

  const ProbePlan& plan_;
  const base::StopFlag& stop_;
  const std::function<void(const std::string&)>& line_;
  const base::MonoTime started_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool done_ = false;
  std::atomic<std::uint64_t> sent_{0};
  ProbeEnd end_;
};

}  // namespace

base::Nanoseconds longest(const ProbePlan& plan) {
  if (plan.until) return plan.until->within + plan.request.timeout;
  const auto rounds =
      static_cast<std::int64_t>(plan.count / std::max<std::uint64_t>(1, plan.workers));
  return std::min<base::Nanoseconds>(plan.request.timeout * (rounds + 1), std::chrono::minutes(10));
}

ProbeEnd run_probe(const ProbePlan& plan, const base::StopFlag& stop,
                   const std::function<void(const std::string& line)>& line) {
  return Prober(plan, stop, line).run();
}

}  // namespace weft::conform
