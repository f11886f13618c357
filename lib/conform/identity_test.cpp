#include "lib/conform/identity.h"

#include <catch2/catch.hpp>

#include "lib/pki/certificate.h"

using namespace weft::conform;
using Catch::Contains;

namespace {

const Workload kCart{"shop", "cart", "cart-v2"};

}  // namespace

TEST_CASE("identities of four meshes are known, and those of others are others") {
  CHECK(identifies("spiffe://cluster.local/ns/shop/sa/cart", kCart));
  CHECK(identifies("spiffe://td.example/ns/shop/sa/cart", kCart));
  CHECK(identifies("cart.shop.serviceaccount.identity.linkerd.cluster.local", kCart));
  CHECK(identifies("spiffe://1234.consul/ns/default/dc/dc1/svc/cart-v2", kCart));
  CHECK(identifies("spiffe://default/cart-v2_shop_svc_9091", kCart));
  for (const char* other :
       {"", "spiffe://", "spiffe://cluster.local", "spiffe://cluster.local/ns/shop/sa/cart/x",
        "spiffe://cluster.local/ns/shop/sa/", "spiffe://cluster.local/ns/other/sa/cart",
        "spiffe://cluster.local/ns/shop/sa/cart-v2", "https://cluster.local/ns/shop/sa/cart",
        "cart.other.serviceaccount.identity.linkerd.cluster.local", "cart", "ns/shop/sa/cart",
        "spiffe://cluster.local/sa/cart/ns/shop/sa/pay"}) {
    INFO(other);
    CHECK_FALSE(identifies(other, kCart));
  }
}

TEST_CASE("one header has to name the caller and nobody else") {
  const std::string cart = "By=spiffe://x/ns/shop/sa/pay;Hash=00;URI=spiffe://x/ns/shop/sa/cart";
  CHECK(wrong_caller({{"x-forwarded-client-cert", cart}}, kCart).empty());
  CHECK(wrong_caller({{"X-Forwarded-Client-Cert", "uri=\"spiffe://x/ns/shop/sa/cart\""}}, kCart)
            .empty());
  CHECK(wrong_caller({{"l5d-client-id", "cart.shop.serviceaccount.identity.linkerd"},
                      {"x-forwarded-client-cert", "URI=spiffe://x/ns/shop/sa/pay"}},
                     kCart)
            .empty());
  CHECK_THAT(
      wrong_caller({{"x-forwarded-client-cert", cart + ",URI=spiffe://x/ns/shop/sa/pay"}}, kCart),
      Contains("cart and spiffe://x/ns/shop/sa/pay"));
  CHECK_THAT(wrong_caller({{"x-forwarded-client-cert", cart},
                           {"x-forwarded-client-cert", "URI=spiffe://x/ns/shop/sa/pay"}},
                          kCart),
             Contains("pay"));
  CHECK(wrong_caller({{"x-forwarded-client-cert", "By=spiffe://x/ns/shop/sa/cart"}}, kCart) ==
        "the application was told of no caller");
  CHECK(wrong_no_caller({{"x-forwarded-client-cert", "Hash=00"}, {"host", "b"}}).empty());
  CHECK_THAT(wrong_no_caller({{"x-forwarded-client-cert", cart}}), Contains("sa/cart"));
}

TEST_CASE("an authority issues certificates that prove an identity, until they expire") {
  const auto now = weft::base::parse_rfc3339("2026-06-01T12:00:00Z").value();
  const auto authority = Authority::make(now);
  REQUIRE(authority.ok());
  const auto valid = authority->issue(kCart, false);
  REQUIRE(valid.ok());
  const auto shown = weft::pki::read_certificates(valid->certificate, "valid");
  REQUIRE(shown.ok());
  CHECK(shown->front().uris == std::vector<std::string>{spiffe_id(kCart)});
  CHECK(identifies(shown->front().uris.front(), kCart));
  CHECK(weft::pki::verify_chain(valid->certificate, authority->root(), now, "valid").ok());
  const auto expired = authority->issue(kCart, true);
  REQUIRE(expired.ok());
  CHECK_FALSE(weft::pki::verify_chain(expired->certificate, authority->root(), now, "old").ok());
  const auto stranger = Authority::make(now);
  REQUIRE(stranger.ok());
  CHECK_FALSE(weft::pki::verify_chain(valid->certificate, stranger->root(), now, "foreign").ok());
}
