#include <cstddef>
#include <cstdint>

#include "lib/attest/index.h"
#include "lib/attest/statement.h"
#include "lib/attest/verify.h"

// Any text as an envelope, judged by a key that did not sign it, as a statement and as an index.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft::attest;
  static const auto key = weft::pki::make_key(weft::pki::KeyType::ed25519);
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)read_statement(text, "input").ok();
  if (const auto line = next_line(text, "input", {"name", "digest"}); line)
    if (!read_index(text + *line, "input")) __builtin_trap();
  const auto envelope = read_envelope(text, "input");
  if (!envelope) return 0;
  Policy policy;
  policy.keys = {{"key", key->public_key}};
  if (verify(*envelope, policy, "input")) __builtin_trap();
  return 0;
}
