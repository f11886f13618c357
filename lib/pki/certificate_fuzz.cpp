#include <cstddef>
#include <cstdint>

#include "lib/pki/certificate.h"

// Whatever can be read can also be judged, as a chain to itself and against itself as a key.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft::pki;
  const std::string_view pem(reinterpret_cast<const char*>(data), size);
  const weft::base::WallTime now{std::chrono::seconds(1'800'000'000)};
  const auto certificates = read_certificates(pem, "input");
  if (certificates && !certificates->empty()) (void)days_left(certificates->front(), now);
  (void)verify_chain(pem, pem, now, "input").ok();
  (void)verify_key(pem, pem, "input").ok();
  return 0;
}
