// What a run asks: one request, or several kinds by weight, each perhaps with values that change.
// A mix is made once and shared; every worker composes its requests from it.
//
//   WEFT_TRY(mix, make_mix(plan));
//   Composer composer(mix, {.worker = 0, .workers = 2, .seed = 1, .slots = 50});
//   if (!composer.plain()) composer.compose(slot);
//   wire.message = &composer.message(slot);
//
// Kinds are dealt out in a fixed order that spreads each of them evenly and gives it exactly its
// share: request k of the run is of kind order[k mod size].
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lib/base/result.h"
#include "lib/load/engine.h"
#include "lib/load/message.h"
#include "lib/load/template.h"

namespace weft::load {

struct MixKind {
  std::uint32_t group = 0;  // of figures
  bool constant = true;     // in all of what follows
  bool to_head = false;
  bool idempotent = true;  // RFC 9110, 9.2.2
  bool bare = false;       // the body is all there is
  // HTTP/1.1: up to the Content-Length, which depends on the body.
  Template head;
  bool states_length = false;
  Template body;
  // HTTP/2 instead of the head, without the content-length.
  std::vector<std::pair<std::string, Template>> fields;
};

struct Mix {
  static constexpr std::size_t kMaxGroups = 50;
  std::vector<MixKind> kinds;
  std::vector<std::uint32_t> order;
  std::vector<std::string> groups;  // by name; what is beyond kMaxGroups shares the last
};

// Usage errors for a method, a header or a target that cannot be sent.
base::Result<Mix> make_mix(const Plan& plan);

class Composer {
 public:
  struct Share {
    unsigned worker = 0, workers = 1;
    std::uint64_t seed = 0;
    std::size_t slots = 1;
  };
  Composer(const Mix& mix, const Share& share);

  // Always the same request: message(0) is that of every slot, and compose() is not needed.
  bool plain() const { return slots_.empty(); }
  void compose(std::uint32_t slot);  // the next request
  const Message& message(std::uint32_t slot) const {
    return plain() ? constants_[0].message : slots_[slot].message;
  }
  std::uint32_t group(std::uint32_t slot) const { return kind(slot).group; }
  bool idempotent(std::uint32_t slot) const { return kind(slot).idempotent; }

 private:
  struct Composed {
    std::uint32_t kind = 0;
    Message message;
    std::string bytes;
    Http2Request http2;
  };

  const MixKind& kind(std::uint32_t slot) const {
    return mix_.kinds[plain() ? 0 : slots_[slot].kind];
  }
  void compose(const MixKind& kind, Composed& into);

  const Mix& mix_;
  unsigned workers_;
  Draw draw_;
  std::string body_;
  std::vector<Composed> constants_;  // by kind
  std::vector<Composed> slots_;
};

}  // namespace weft::load
