#include <algorithm>
#include <cmath>
#include <thread>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/perf/engines.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

// One thing that a run is asked for, as a flag of ours and its value.
struct Setting {
  std::string flag;
  std::string text;
  double number = 0;  // of rates and counts; seconds of times
  bool asked = true;  // by somebody: an engine without an option for it cannot do the run
};

Setting counted(std::string flag, double number, bool asked = true) {
  return {std::move(flag), fmt::format("{}", number), number, asked};
}

Setting timed(std::string flag, base::Nanoseconds length, bool asked = true) {
  return {std::move(flag), base::format_duration(length),
          std::chrono::duration<double>(length).count(), asked};
}

unsigned threads_of(const load::Plan& plan) {
  const unsigned usable = std::max(2u, std::thread::hardware_concurrency()) - 1;
  return std::min(plan.connections, plan.threads != 0 ? plan.threads : usable);
}

Setting pace_of(const load::Plan& plan) {
  if (!plan.trace.empty()) return {"--trace", {}};
  if (!plan.pace.steady()) return {"--qps that changes", {}};
  return plan.qps ? counted("--qps", *plan.qps) : Setting{"--qps max", {}};
}

// A certificate is checked unless --insecure is given: engines that never do must be told so.
void add_tls(const Tls& tls, const load::Target& target, std::vector<Setting>& settings) {
  if (!target.url.is_secure()) return;
  settings.push_back({target.tls.verify ? "check of certificates" : "--insecure", {}});
  for (const auto& [given, flag] :
       {std::pair{tls.ca.has_value(), "--cacert"}, std::pair{tls.certificate.has_value(), "--cert"},
        std::pair{tls.server_name.has_value(), "--sni"},
        std::pair{tls.min_version.has_value(), "--tls-min"},
        std::pair{tls.max_version.has_value(), "--tls-max"},
        std::pair{tls.resume.value_or(false), "--tls-resume"},
        std::pair{tls.spiffe_id.has_value(), "--expect-spiffe"},
        std::pair{tls.ciphers.has_value(), "--ciphers"},
        std::pair{tls.curves.has_value(), "--curves"}})
    if (given) settings.push_back({flag, {}});
}

// What only weft's own engine can do so far.
void add_own(const load::Plan& plan, std::vector<Setting>& settings) {
  for (const auto& [given, flag] :
       {std::pair{!plan.kinds.empty(), "--targets and --template"},
        std::pair{plan.until_settled, "--warmup auto"},
        std::pair{plan.target.proxy.has_value(), "--proxy"},
        std::pair{!plan.target.connect_to.empty(), "--connect-to"},
        std::pair{plan.on_saturation != load::Saturation::queue, "--on-saturation"},
        std::pair{!plan.target.local_addresses.empty(), "--local-address"},
        std::pair{plan.renewal.any(), "--connection-requests, --connection-age and --churn"}})
    if (given) settings.push_back({flag, {}});
}

std::vector<Setting> settings_of(const Spec& spec, const load::Plan& plan) {
  std::vector<Setting> settings{pace_of(plan)};
  if (plan.duration && plan.requests)
    settings.push_back({"--duration beside --requests", {}});
  else if (plan.duration)
    settings.push_back(timed("--duration", *plan.duration));
  else
    settings.push_back(counted("--requests", static_cast<double>(*plan.requests)));
  settings.push_back(counted("--connections", plan.connections, spec.connections.has_value()));
  settings.push_back(counted("--threads", threads_of(plan), spec.threads.has_value()));
  if (!plan.target.url.scheme.starts_with("http"))
    settings.push_back({plan.target.url.scheme + "://", {}});
  else if (plan.protocol == load::Protocol::http2)
    settings.push_back({"--http 2", {}});
  if (spec.streams) settings.push_back(counted("--streams", plan.streams));
  if (spec.max_connections) settings.push_back(counted("--max-connections", plan.max_connections));
  if (spec.arrival)
    settings.push_back({fmt::format("--arrival {}", arrival_name(plan.arrival)), {}});
  if (plan.burst > 1) settings.push_back(counted("--burst", plan.burst));
  if (spec.seed) settings.push_back({"--seed", {}});
  if (spec.method) settings.push_back({"--method", plan.target.method});
  for (const auto& [name, value] : plan.target.headers)
    settings.push_back({"--header", fmt::format("{}: {}", name, value)});
  if (!plan.target.body.empty()) settings.push_back({"--body", plan.target.body});
  settings.push_back(timed("--timeout", plan.timeout, spec.timeout.has_value()));
  if (!plan.keepalive) settings.push_back({"--keepalive=false", {}});
  if (!plan.target.unix_socket.empty())
    settings.push_back({"--unix-socket", plan.target.unix_socket});
  add_tls(spec.tls, plan.target, settings);
  add_own(plan, settings);
  const std::string host = fmt::format("{}:{}", plan.target.url.host, plan.target.url.port);
  for (const auto& [name, address] : plan.target.resolve)
    if (name == host) settings.push_back({"--resolve", address});
  return settings;
}

const EngineOption* option_for(const Engine& engine, std::string_view flag) {
  const auto found = std::ranges::find(engine.options, flag, &EngineOption::flag);
  return found == engine.options.end() ? nullptr : &*found;
}

Error no_option(const Engine& engine, const Setting& setting) {
  std::vector<std::string> able;
  for (const Engine& other : engines())
    if (option_for(other, setting.flag) != nullptr) able.emplace_back(other.name);
  return Error{ExitCode::usage, fmt::format("{} has no {}", engine.name, setting.flag),
               able.empty()
                   ? "weft's own engine has it: leave --engine out"
                   : fmt::format("weft's own engine has it, and {}", base::join(able, ", "))};
}

Result<std::string> whole(const Engine& engine, const Setting& setting, double number,
                          std::string_view of) {
  if (number >= 1 && number == std::floor(number)) return fmt::format("{:.0f}", number);
  return Error{ExitCode::usage,
               fmt::format("{} takes whole numbers{}: {} {} would be {}", engine.name, of,
                           setting.flag, setting.text, number),
               "change it so that it comes out whole, or leave --engine out"};
}

Result<std::string> value_of(const Engine& engine, const Setting& setting, Form form,
                             const load::Plan& plan) {
  const auto share = [&](unsigned parts) { return setting.number / parts; };
  switch (form) {
    case Form::text:
    case Form::address:
      return setting.text;
    case Form::seconds:
      return fmt::format("{}s", setting.number);
    case Form::share_of_connection:
      return fmt::format("{}", share(plan.connections));
    case Form::whole:
      return whole(engine, setting, setting.number, "");
    case Form::whole_share_of_thread:
      return whole(engine, setting, share(threads_of(plan)), " for each thread");
    case Form::bare_whole_seconds:
      return whole(engine, setting, setting.number, " of seconds");
    case Form::whole_seconds: {
      WEFT_TRY(seconds, whole(engine, setting, setting.number, " of seconds"));
      return seconds + "s";
    }
  }
  return setting.text;
}

// One run of the engine; no run of ours is this long.
base::Nanoseconds deadline_of(const load::Plan& plan) {
  return plan.duration.value_or(std::chrono::hours(24)) + plan.timeout + std::chrono::seconds(30);
}

}  // namespace

base::Result<proc::Command> command_of(const Engine& engine, const Spec& spec,
                                       const load::Plan& plan) {
  proc::Command command;
  command.argv = {std::string(engine.program)};
  command.argv.insert(command.argv.end(), engine.arguments.begin(), engine.arguments.end());
  for (const Setting& setting : settings_of(spec, plan)) {
    const EngineOption* option = option_for(engine, setting.flag);
    if (option == nullptr && setting.asked) return no_option(engine, setting);
    if (option == nullptr) continue;
    for (const std::string_view argument : option->arguments) {
      const std::size_t place = argument.find("{}");
      if (place == std::string_view::npos) {
        command.argv.emplace_back(argument);
        continue;
      }
      WEFT_TRY(value, value_of(engine, setting, option->form, plan));
      command.argv.push_back(std::string(argument.substr(0, place)) + value +
                             std::string(argument.substr(place + 2)));
    }
  }
  if (engine.script != nullptr)
    command.input = engine.script(plan);
  else
    command.argv.push_back(plan.target.url.text());
  command.deadline = deadline_of(plan);
  command.output_limit = std::uint64_t{512} << 20;  // h2load writes a line for every request
  return command;
}

}  // namespace weft::perf
