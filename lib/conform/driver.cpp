#include "lib/conform/driver.h"

#include "lib/base/text.h"
#include "lib/doc/decode.h"
#include "lib/doc/read.h"

namespace weft::conform {

base::Result<std::vector<Arrival>> read_arrivals(const std::string& lines) {
  std::vector<Arrival> out;
  for (const std::string_view line : base::split(lines, '\n')) {
    if (base::trim(line).empty()) continue;
    WEFT_TRY(document, doc::read_json(doc::Source("weft journal", std::string(line))));
    Arrival one;
    doc::Fields in(document, doc::Unknown::ignored);
    in.need("seq", one.seq).need("nonce", one.nonce).need("target", one.target);
    WEFT_CHECK(in.done());
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace weft::conform
