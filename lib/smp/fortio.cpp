#include "lib/smp/fortio.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/smp/facts.h"
#include "lib/smp/fields.h"
#include "lib/smp/fortio_histogram.h"

namespace weft::smp {

namespace {

constexpr double kNsPerSecond = 1e9;

const doc::Value& first_of(const doc::Value& map, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys)
    if (const doc::Value& value = Fields::at(map, key); !value.is_null()) return value;
  return Fields::at(map, {});
}

// {"Error": "Aborting because of error", "Exception": {}} and the lower-case form of new versions.
const doc::Value& failure_of(const doc::Value& result) {
  return first_of(result, {"error", "Error", "exception", "Exception"});
}

base::Error failed_run(const doc::Document& document, const doc::Value& result) {
  const doc::Value& failure = failure_of(result);
  std::string reason;
  for (const std::string_view key :
       {"message", "error", "Error", "exception", "exceptionDetails", "Exception"}) {
    const doc::Value& text = Fields::at(result, key);
    if (!text.is_string() || text.string().empty()) continue;
    if (!reason.empty()) reason += ": ";
    reason += text.string().substr(0, 500);
  }
  auto error = document.error(failure.position(), "the fortio run failed, so there is no result",
                              "run it again, or leave this file out");
  error.cause = reason;
  return error;
}

void read_rate(Fields& in, const doc::Value& result, Setup& setup) {
  const doc::Value& rate = Fields::at(result, "RequestedQPS");
  if (rate.is_string() && base::equal_ignoring_case(rate.string(), "max")) {
    setup.unthrottled = true;
    return;
  }
  const auto qps = in.number_of(rate, "RequestedQPS");
  if (qps && *qps > 0) setup.requested_qps = qps;
  setup.unthrottled = qps && *qps == 0;
}

// "30s", "exactly 500 calls", "until stop", each perhaps with ", interrupted after 123".
void read_length(Fields& in, const doc::Value& result, Run& run) {
  const std::string text = in.text(result, "RequestedDuration");
  run.interrupted = text.find("interrupted") != std::string::npos;
  const auto words = base::split(std::string_view(text).substr(0, text.find(',')), ' ');
  if (words.size() == 3 && words[0] == "exactly") {
    run.setup.requests = base::parse_uint(words[1]);
  } else if (auto duration = base::parse_duration(words[0]); duration && duration->count() > 0) {
    run.setup.duration = *duration;
  }
}

// Nanoseconds in fortio, seconds in what getnighthawk and old converters wrote: no run is shorter
// than a millisecond, none longer than a million seconds.
std::optional<base::Nanoseconds> elapsed(Fields& in, const doc::Value& result,
                                         std::vector<std::string>& warnings) {
  const auto value = in.number(result, "ActualDuration");
  if (!value) return std::nullopt;
  if (*value >= 1e6 || *value == 0) return from_seconds(*value / kNsPerSecond);
  warnings.push_back("ActualDuration is in seconds instead of nanoseconds");
  return from_seconds(*value);
}

bool is_http(std::string_view run_type) { return run_type.empty() || run_type == "HTTP"; }

std::string protocol_of(Fields& in, const doc::Value& result, std::string_view run_type) {
  if (run_type == "TCP") return "tcp";
  if (run_type == "UDP") return "udp";
  if (!is_http(run_type)) return "grpc";
  if (in.flag(result, "H2").value_or(false)) return "h2";
  return in.flag(result, "HTTP10").value_or(false) ? "http/1.0" : "http/1.1";
}

// "-1" is a socket error; TCP and UDP use "OK" or the text of the error, gRPC health a state.
void read_codes(Fields& in, const doc::Value& result, std::string_view run_type, Run& run) {
  const doc::Value& codes = in.map(result, "RetCodes");
  if (!codes.is_map()) return;
  std::uint64_t total = 0, unanswered = 0;
  for (const doc::Member& code : codes.members()) {
    const std::uint64_t answers = in.count_of(code.value, "RetCodes").value_or(0);
    if (__builtin_add_overflow(total, answers, &total)) {
      in.fail(code.value, "the counts of RetCodes are too large to add up");
      return;
    }
    if (code.key == "-1") {
      unanswered = answers;
      add_error(run.counts, "socket", answers);
    } else if (is_http(run_type)) {
      add_http_status(run.counts, code.key, answers);
    } else if (answers != 0) {
      run.counts.statuses[code.key] = answers;
      if (code.key != "OK" && code.key != "SERVING") add_error(run.counts, "status", answers);
    }
  }
  const auto samples = run.latency.count;
  if (samples && total != *samples)
    run.warnings.push_back(
        fmt::format("the return codes add up to {} and the histogram to {}", total, *samples));
  if (total != 0) run.counts.completed = total - unanswered;
}

void read_bytes(Fields& in, const doc::Value& result, Counts& counts) {
  counts.bytes_received = in.count(result, "BytesReceived");
  counts.bytes_sent = in.count(result, "BytesSent");
  const doc::Value& sizes = in.map(result, "Sizes");
  if (in.count(sizes, "Count").value_or(0) != 0 && !counts.bytes_received)
    counts.bytes_received = in.count(sizes, "Sum");
}

// Nighthawk's converters write the counts as text, the rate as a number, or bytes of an HTTP run.
std::string generator_of(Fields& in, const doc::Value& result, std::string_view run_type) {
  if (auto stated = in.text(result, "load-generator"); !stated.empty()) return stated;
  const bool nighthawk = Fields::at(result, "RequestedQPS").is_number() ||
                         Fields::at(Fields::at(result, "DurationHistogram"), "Count").is_string() ||
                         (is_http(run_type) && result.find("BytesReceived") != nullptr);
  return nighthawk ? "nighthawk" : "fortio";
}

void read_setup(Fields& in, const doc::Value& result, Run& run) {
  const std::string run_type = in.text(result, "RunType");
  Setup& setup = run.setup;
  setup.load_generator = generator_of(in, result, run_type);
  setup.load_generator_version = in.text(result, "Version");
  setup.protocol = protocol_of(in, result, run_type);
  setup.method = in.text(result, "MethodOverride");
  for (const std::string_view key : {"URL", "Destination"})
    if (const auto url = in.text(result, key); !url.empty())
      setup.urls.push_back(without_credentials(url));
  setup.connections = in.whole(result, "NumThreads");
  read_rate(in, result, setup);
  read_length(in, result, run);
  if (const auto closes = in.flag(result, "DisableKeepAlive")) setup.keepalive = !*closes;
  if (const auto timeout = in.whole(result, "HTTPReqTimeOut"); timeout.value_or(0) > 0)
    setup.timeout = base::Nanoseconds(*timeout);
  const bool wrk2 = setup.load_generator == "wrk2";
  setup.loop = wrk2 ? Loop::open : Loop::closed;
  setup.omission = wrk2 ? Omission::corrected : Omission::uncorrected;
}

}  // namespace

bool is_fortio(const doc::Value& root) {
  return root.find("DurationHistogram") != nullptr ||
         (!failure_of(root).is_null() && root.find("results") == nullptr && root.size() <= 6);
}

base::Result<Run> read_fortio(const doc::Document& document, const doc::Value& result) {
  if (result.find("DurationHistogram") == nullptr && !failure_of(result).is_null())
    return failed_run(document, result);
  Fields in(document);
  Run run;
  run.name = in.text(result, "Labels");
  run.started = in.time(result, "StartTime");
  run.actual_qps = in.number(result, "ActualQPS");
  read_setup(in, result, run);
  if (const auto length = elapsed(in, result, run.warnings))
    run.ended = later(run.started, *length);

  const doc::Value& histogram = in.map(result, "DurationHistogram");
  if (histogram.is_null())
    in.fail(result, "DurationHistogram is missing, so the file holds no latencies");
  const auto counts =
      run.setup.load_generator == "wrk2" ? BucketCounts::cumulative : BucketCounts::own;
  run.latency = read_fortio_histogram(in, histogram, counts, run.warnings);
  run.counts.completed = run.latency.count;
  read_codes(in, result, in.text(result, "RunType"), run);
  read_bytes(in, result, run.counts);
  if (run.latency.count == 0) run.warnings.push_back("no request was answered: no latencies");
  WEFT_CHECK(in.status());
  return run;
}

}  // namespace weft::smp
