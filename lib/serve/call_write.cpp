// What /call answers.
#include "lib/doc/read.h"
#include "lib/doc/write.h"
#include "lib/serve/call.h"

namespace weft::serve {
namespace {

std::int64_t micros(base::Nanoseconds time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

doc::Value timings(const CallResult& result) {
  doc::Value out = doc::Value::map();
  if (result.dns) out.set("dns", micros(*result.dns));
  if (result.connect) out.set("connect", micros(*result.connect));
  if (result.tls) out.set("tls", micros(*result.tls));
  if (result.ttfb) out.set("ttfb", micros(*result.ttfb));
  out.set("total", micros(result.total));
  return out;
}

doc::Value headers(const HeaderList& list) {
  doc::Value out = doc::Value::map();
  for (const auto& [name, value] : list) {
    doc::Value* values = out.find(name);
    if (values == nullptr) {
      out.set(name, doc::Value::list());
      values = out.find(name);
    }
    values->push(value);
  }
  return out;
}

// Appends the answer of a callee to the chain: its own call first, then what followed.
void append_chain(const doc::Value& answer, doc::Value& chain) {
  if (const doc::Value* calls = answer.find("calls"); calls != nullptr && calls->is_list()) {
    for (const doc::Value& call : calls->items()) append_chain(call, chain);
    return;
  }
  doc::Value link = doc::Value::map();
  const doc::Value* rest = nullptr;
  for (const doc::Member& member : answer.members()) {
    if (member.key == "chain")
      rest = &member.value;
    else if (member.key != "schema")
      link.set(member.key, member.value);
  }
  chain.push(std::move(link));
  if (rest == nullptr || !rest->is_list()) return;
  for (const doc::Value& further : rest->items()) chain.push(further);
}

// False when the answer is not one of /call, which is then shown as the body it is.
bool read_chain(const CallResult& result, doc::Value& chain) {
  if (result.outcome != "answered" || result.body_cut) return false;
  const auto document = doc::read_json(doc::Source{"answer", result.body});
  if (!document) return false;
  const doc::Value* schema = document->root.find("schema");
  if (schema == nullptr || !schema->is_string() || schema->string() != "weft.call/v1") return false;
  append_chain(document->root, chain);
  return true;
}

doc::Value to_value(const CallPlan& plan, const CallResult& result) {
  doc::Value out = doc::Value::map();
  doc::Value chain = doc::Value::list();
  const bool chained = plan.chained && read_chain(result, chain);
  out.set("outcome", result.outcome);
  out.set("url", plan.other_url.empty() ? plan.url.text() : plan.other_url);
  if (!result.error.empty()) out.set("error", result.error);
  if (result.grpc_status) out.set("grpc_status", *result.grpc_status);
  if (result.status != 0) out.set("status", result.status);
  if (result.status != 0 || !result.body.empty()) {
    out.set("headers", headers(result.headers));
    if (!chained) out.set("body", result.body);
    if (result.body_cut) out.set("body_cut", true);
  }
  out.set("timings_us", timings(result));
  if (!result.peer.empty()) out.set("peer", result.peer);
  out.set("chain", std::move(chain));
  return out;
}

}  // namespace

std::vector<CallOutcome> call_outcomes() {
  return {{"answered", "an answer arrived, whatever its status"},
          {"dns", "the name has no address"},
          {"refused", "nobody listens there"},
          {"unreachable", "there is no route to the host"},
          {"reset", "the connection was reset"},
          {"closed", "the connection was closed before an answer"},
          {"timeout", "the call took longer than its time-out"},
          {"tls", "the peer speaks TLS"},
          {"protocol", "the peer does not speak HTTP/1.1"},
          {"short_body", "the answer ended before its stated length"},
          {"resources", "this machine ran out of descriptors, ports or memory"}};
}

std::string call_json(const CallPlan& plan, const std::vector<CallResult>& results) {
  doc::Value out = doc::Value::map();
  out.set("schema", "weft.call/v1");
  if (results.size() == 1) {
    const doc::Value only = to_value(plan, results.front());
    for (const doc::Member& member : only.members()) out.set(member.key, member.value);
  } else {
    doc::Value calls = doc::Value::list();
    for (const CallResult& result : results) calls.push(to_value(plan, result));
    out.set("count", static_cast<std::int64_t>(results.size()));
    out.set("calls", std::move(calls));
  }
  return doc::write_json(out, 0) + "\n";
}

}  // namespace weft::serve
