#include "lib/net/resolve.h"

#include <catch2/catch.hpp>

using namespace weft;
using namespace std::chrono_literals;

TEST_CASE("addresses as text need no resolver") {
  CHECK(net::resolve("127.0.0.1", 80, 0ns)->front().text() == "127.0.0.1:80");
  CHECK(net::resolve("::1", 8080, 0ns)->front().text() == "[::1]:8080");
  CHECK_FALSE(net::parse_address("127.0.0.256", 80).ok());
  CHECK_FALSE(net::parse_address("[::1]", 80).ok());
}

TEST_CASE("localhost is the loopback, IPv4 first") {
  const auto addresses = net::resolve("LocalHost", 80, 0ns);
  REQUIRE(addresses.ok());
  REQUIRE(addresses->size() == 2);
  CHECK((*addresses)[0].text() == "127.0.0.1:80");
  CHECK((*addresses)[1].text() == "[::1]:80");
}

TEST_CASE("a name without an address is an input error that names it") {
  const auto addresses = net::resolve("no such name.invalid", 80, 10s);
  REQUIRE_FALSE(addresses.ok());
  CHECK(addresses.error().message.find("no such name.invalid") != std::string::npos);
  CHECK_FALSE(addresses.error().remedy.empty());
}

TEST_CASE("paths of Unix sockets become addresses when they fit") {
  CHECK(net::unix_address("/tmp/a.sock")->text() == "/tmp/a.sock");
  CHECK(net::unix_address("@abstract")->text() == "@abstract");
  CHECK(net::unix_address(std::string(107, 'a')).ok());
  CHECK_FALSE(net::unix_address(std::string(108, 'a')).ok());
  CHECK_FALSE(net::unix_address("").ok());
}
