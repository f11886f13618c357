// Load generators of others behind `weft perf run --engine`: which there are, what each can be
// asked for and how, and what its figures are worth. One table; help, checks and runs read it.
//
//   WEFT_TRY(engine, find_engine("fortio"));
//   WEFT_TRY(command, command_of(*engine, spec, plan));    // refuses what fortio has no option for
//
// Options as of fortio 1.60, wrk 4.1, wrk2 4.0, h2load 1.52, nighthawk 0.5, k6 0.50. What the
// engines measure: their sources, and measurements against a server with known answer times.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/perf/spec.h"
#include "lib/proc/runner.h"

namespace weft::perf {

// How a value is written for an engine.
enum class Form {
  text,
  seconds,                // "1.5s"
  whole_seconds,          // "2s"; another length is refused
  bare_whole_seconds,     // "2"
  whole,                  // a rate or count without a fraction
  share_of_connection,    // of a rate, for each connection
  whole_share_of_thread,  // of a rate or a count, for each thread
  address                 // that of --resolve, when it is for the host and port of the URL
};

struct EngineOption {
  std::string_view flag;                    // ours: "--connections"; "--qps max" is a closed loop
  std::vector<std::string_view> arguments;  // "{}" stands for the value; none: see `script`
  Form form = Form::text;
};

struct Engine {
  std::string_view name;
  std::string_view program;  // on the PATH; proc::tools() says how to get it
  std::string_view method;   // how it measures
  std::string_view doubt;    // how its figures are known to differ from what users see
  std::string_view format;   // of what it writes, see smp::import_formats()
  proc::Output output;       // where it writes that
  std::vector<std::string_view> arguments;  // always given, before the others; the URL ends them
  std::vector<EngineOption> options;
  std::string (*script)(const load::Plan&) = nullptr;  // for standard input
};

std::span<const Engine> engines();

// Usage error with the nearest name.
base::Result<const Engine*> find_engine(std::string_view name);

// Usage error for the first thing asked for that the engine has no option for; it names the
// engines that have one.
base::Result<proc::Command> command_of(const Engine& engine, const Spec& spec,
                                       const load::Plan& plan);

}  // namespace weft::perf
