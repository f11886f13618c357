#include "lib/net/url.h"

#include <catch2/catch.hpp>

using namespace weft;

TEST_CASE("a URL is taken apart and put together again") {
  struct Row {
    std::string text, host, target, authority, again;
    int port;
  };
  const std::vector<Row> rows = {
      {"http://example.com", "example.com", "/", "example.com", "http://example.com/", 80},
      {"localhost:8080", "localhost", "/", "localhost:8080", "http://localhost:8080/", 8080},
      {"localhost:8080/a?b=http://x", "localhost", "/a?b=http://x", "localhost:8080",
       "http://localhost:8080/a?b=http://x", 8080},
      {"HTTPS://Example.COM:443/A", "example.com", "/A", "example.com", "https://example.com/A",
       443},
      {"http://[::1]:9/x?y#z", "::1", "/x?y", "[::1]:9", "http://[::1]:9/x?y", 9},
      {"http://a_b.svc?q=1", "a_b.svc", "/?q=1", "a_b.svc", "http://a_b.svc/?q=1", 80},
      {"http://h:/p", "h", "/p", "h", "http://h/p", 80},
      {"10.0.0.1#frag", "10.0.0.1", "/", "10.0.0.1", "http://10.0.0.1/", 80},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const auto url = net::parse_url(row.text);
    REQUIRE(url.ok());
    CHECK(url->host == row.host);
    CHECK(url->port == row.port);
    CHECK(url->target == row.target);
    CHECK(url->authority() == row.authority);
    CHECK(url->text() == row.again);
  }
}

TEST_CASE("a URL that cannot be called is a usage error with a remedy") {
  for (const std::string text :
       {"", "http://", "http:///path", "http://user:pw@host/", "http://a b/", "http://host/a b",
        "ftp://host/", "http://host:0/", "http://host:65536/", "http://host:80x/", "http://::1/",
        "http://[::1", "http://[::1]x/", "http://[]/", "http://h\x01/", "http://h\"/",
        "http://[fe80::1%eth0]/", "h2c://x"}) {
    INFO(text);
    const auto url = net::parse_url(text);
    REQUIRE_FALSE(url.ok());
    CHECK(url.error().code == base::ExitCode::usage);
    CHECK_FALSE(url.error().remedy.empty());
  }
  CHECK_FALSE(net::parse_url(std::string(100'000, 'a')).ok());
}
