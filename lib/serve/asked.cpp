#include "lib/serve/asked.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/serve/go_text.h"

namespace weft::serve {
namespace {

struct Code {
  int status = 0;
  std::int64_t weight = 1;
};

// Fields that the answer says in any case.
bool is_ours(std::string_view name) {
  constexpr std::array<std::string_view, 5> kOurs = {"content-type", "content-length", "date",
                                                     "connection", "x-content-type-options"};
  return std::ranges::any_of(
      kOurs, [&](std::string_view one) { return base::equal_ignoring_case(one, name); });
}

// "500" or "500:90".
std::string read_code(std::string_view text, Code& out) {
  const auto parts = base::split(text, ':');
  if (parts.size() > 2) return "invalid " + go_quoted(text) + " (want code or code:count)";
  const GoInteger status = parse_go_integer(parts[0]);
  if (!status.error.empty()) return status.error;
  if (status.value < 200 || status.value >= 600)
    return fmt::format("invalid HTTP response code {}", status.value);
  out.status = static_cast<int>(status.value);
  if (parts.size() == 1) return "";
  const GoInteger weight = parse_go_integer(parts[1]);
  if (!weight.error.empty()) return weight.error;
  if (weight.value < 0) return fmt::format("invalid count {}", weight.value);
  out.weight = std::min<std::int64_t>(weight.value, 1 << 30);
  return "";
}

}  // namespace

// The first value of a name as it is, later ones after a comma.
void set_echo_header(const net::RequestHead& head, Reply& reply) {
  std::map<std::string, std::string> wanted;
  for (const net::HeaderField& field : head.fields()) {
    if (!base::equal_ignoring_case(field.name, kEchoSetHeader)) continue;
    for (const std::string_view part : base::split(field.value, ',')) {
      const std::string_view pair = base::trim(part);
      const auto colon = std::min(pair.find(':'), pair.size());
      const std::string_view value = pair.substr(std::min(colon + 1, pair.size()));
      const auto [entry, is_new] = wanted.try_emplace(std::string(pair.substr(0, colon)), value);
      if (!is_new) entry->second += "," + std::string(base::trim(value));
    }
  }
  for (const auto& [name, value] : wanted)
    if (!is_ours(name)) append_field(reply.fields, name, value);
}

std::string set_headers(std::string_view query, Reply& reply) {
  if (query.empty()) return "";
  const std::string text = go_query_value(query, "headers");
  if (text.empty()) return "";
  std::map<std::string, std::string> wanted;
  std::string problem;
  for (const std::string_view part : base::split(text, ',')) {
    const auto pair = base::split(part, ':');
    if (pair.size() != 2) {
      problem = "invalid " + go_quoted(part) + " (want name:value)";
      break;
    }
    wanted[std::string(pair[0])] = std::string(pair[1]);
  }
  for (const auto& [name, value] : wanted) {
    if (base::equal_ignoring_case(name, "content-type"))
      reply.type = "";
    else if (is_ours(name))
      continue;
    append_field(reply.fields, name, value);
  }
  return problem;
}

std::string set_delay(std::string_view query, std::string_view parameter, Reply& reply) {
  const std::string text = go_query_value(query, parameter);
  if (text.empty()) return "";
  GoDuration delay = parse_go_duration(text);
  reply.delay += std::max(delay.value, base::Nanoseconds(0));
  return std::move(delay.error);
}

std::string set_code(std::string_view query, Random& random, Reply& reply) {
  if (query.empty()) return "";
  const std::string text = go_query_value(query, "codes");
  if (text.empty()) return "";
  std::vector<Code> codes;
  std::int64_t sum = 0;
  for (const std::string_view part : base::split(text, ',')) {
    Code code;
    if (std::string problem = read_code(part, code); !problem.empty()) return problem;
    sum += code.weight;
    codes.push_back(code);
  }
  if (sum == 0) {
    reply.abort = Abort::eof;
    return "";
  }
  double drawn = random.uniform() * static_cast<double>(sum);
  reply.status = codes.back().status;
  for (const Code& code : codes) {
    drawn -= static_cast<double>(code.weight);
    if (drawn >= 0) continue;
    reply.status = code.status;
    break;
  }
  return "";
}

bool is_retry(std::string_view path) { return path.starts_with("/retry/"); }

bool fail_retry(std::string_view query, Shared& shared, Reply& reply) {
  const auto missing = [&](std::string_view name) {
    reply.status = 400;
    reply.type = kGoText;
    reply.body = fmt::format("{} is required", name);
    return true;
  };
  const std::string id = go_query_value(query, "uuid");
  if (id.empty()) return missing("uuid");
  const GoInteger wanted = parse_go_integer(go_query_value(query, "succeedAfter"));
  if (!wanted.error.empty()) return missing("succeedAfter");
  if (static_cast<std::int64_t>(shared.retries.count(id)) >= wanted.value) return false;
  if (const std::string problem = set_delay(query, "delayRetry", reply); !problem.empty()) {
    refuse_as_echo_basic(problem, 500, reply);
    return true;
  }
  const GoInteger status = parse_go_integer(go_query_value(query, "responseCode"));
  reply.type = "";
  if (status.error.empty() && status.value >= 200 && status.value <= 599)
    reply.status = static_cast<int>(status.value);
  else
    reply.abort = Abort::reset;
  return true;
}

void refuse_as_echo_basic(std::string_view message, int status, Reply& reply) {
  reply.status = status;
  reply.type = "application/json";
  append_field(reply.fields, "X-Content-Type-Options", "nosniff");
  reply.body = "{\"message\":";
  append_go_json(reply.body, message);
  reply.body += '}';
}

}  // namespace weft::serve
