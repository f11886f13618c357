#include "lib/net/proxy.h"

#include <catch2/catch.hpp>
#include <map>
#include <vector>

namespace weft::net {
namespace {

using namespace std::string_literals;

Proxy proxy_of(std::string_view text) {
  auto proxy = parse_proxy(text);
  if (!proxy.ok()) FAIL(proxy.error().message);
  return *std::move(proxy);
}

base::Environment environment_of(std::map<std::string, std::string, std::less<>> variables) {
  return base::Environment(std::move(variables));
}

// What is said until the dialog is over; the answers are given in turn, byte by byte.
struct Talk {
  std::string said, left;
  ProxyFault fault;
  bool open = false;

  Talk(std::string_view proxy, std::string_view host, const std::vector<std::string>& answers) {
    ProxyDialog dialog(proxy_of(proxy), host, 443);
    std::string waiting;
    const auto speak = [&] {
      said += dialog.output();
      dialog.sent(dialog.output().size());
    };
    speak();
    for (const std::string& answer : answers)
      for (const char c : answer) {
        waiting += c;
        if (!dialog.open()) waiting.erase(0, dialog.feed(waiting));
        speak();
      }
    fault = dialog.fault();
    open = dialog.open();
    left = waiting;
  }
};

TEST_CASE(
    "proxies are written as people write them, with or without scheme, port and credentials") {
  CHECK(proxy_of("10.0.0.1:3128").text() == "http://10.0.0.1:3128");
  CHECK(proxy_of("http://proxy").port == 80);
  CHECK(proxy_of("socks5://proxy").port == 1080);
  CHECK(proxy_of("socks5h://[::1]:9050/").text() == "socks5://[::1]:9050");
  const Proxy known = proxy_of("http://us%40er:p:%2F@proxy:81");
  CHECK(known.user == "us@er");
  CHECK(known.password == "p:/");
  CHECK(known.text() == "http://proxy:81");
  CHECK(known.basic_authorization() == "Basic dXNAZXI6cDov");
  for (const char* bad :
       {"", "https://proxy:1", "ftp://proxy", "http://:secret@proxy", "http://u%zz:secret@proxy",
        "http://u:secret@", "proxy:70000", "http://u:secret@proxy/path", "socks5://a b"}) {
    const auto refused = parse_proxy(bad);
    INFO(bad);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == base::ExitCode::usage);
    CHECK(refused.error().message.find("secret") == std::string::npos);
  }
}

TEST_CASE("what NO_PROXY names is reached without one") {
  const std::string_view list =
      "shop.example, .test,10.0.0.0/8,[fd00::]/8,fd00::/8,host:81,[::2]:82";
  CHECK(bypasses_proxy(list, "shop.example", 80));
  CHECK(bypasses_proxy(list, "cart.shop.example", 80));
  CHECK_FALSE(bypasses_proxy(list, "workshop.example", 80));
  CHECK(bypasses_proxy(list, "a.test", 80));
  CHECK(bypasses_proxy(list, "10.9.9.9", 80));
  CHECK_FALSE(bypasses_proxy(list, "11.0.0.1", 80));
  CHECK(bypasses_proxy(list, "fd12::1", 80));
  CHECK(bypasses_proxy(list, "host", 81));
  CHECK_FALSE(bypasses_proxy(list, "host", 80));
  CHECK(bypasses_proxy(list, "::2", 82));
  CHECK_FALSE(bypasses_proxy(list, "::2", 80));
  CHECK(bypasses_proxy("*", "anything", 1));
  for (const char* strange : {"", ",", ":", "[", "]", "/", "10.0.0.0/99", "a/b", "[]:", "x/"})
    CHECK_FALSE(bypasses_proxy(strange, "host.example", 80));
}

TEST_CASE("the environment names a proxy for each scheme, but none for this machine") {
  const auto environment = environment_of({{"http_proxy", "plain:1"},
                                           {"HTTPS_PROXY", "socks5://secure:2"},
                                           {"NO_PROXY", "near.example"}});
  const auto chosen = [&](std::string_view url, const base::Environment& of) {
    const auto proxy = proxy_from(of, parse_url(url).value()).value();
    return proxy ? proxy->text() : "";
  };
  CHECK(chosen("http://shop.example/", environment) == "http://plain:1");
  CHECK(chosen("https://shop.example/", environment) == "socks5://secure:2");
  CHECK(chosen("https://near.example/", environment).empty());
  CHECK(chosen("http://127.0.0.1:8080/", environment).empty());
  CHECK(chosen("http://localhost/", environment).empty());
  CHECK(chosen("http://[::1]/", environment).empty());
  CHECK(chosen("http://a/", environment_of({{"all_proxy", "any:3"}})) == "http://any:3");
  CHECK(chosen("http://a/", base::Environment()).empty());
  const auto broken = proxy_from(environment_of({{"ALL_PROXY", "ftp://u:secret@p"}}),
                                 parse_url("http://a/").value());
  REQUIRE_FALSE(broken.ok());
  CHECK(broken.error().message.find("all_proxy") != std::string::npos);
}

TEST_CASE("CONNECT asks for the target and leaves what follows to it") {
  const Talk talk("http://me:pw@proxy:1", "shop.example",
                  {"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "target"});
  CHECK(talk.said ==
        "CONNECT shop.example:443 HTTP/1.1\r\nHost: shop.example:443\r\n"
        "Proxy-Authorization: Basic bWU6cHc=\r\n\r\n");
  CHECK(talk.open);
  CHECK(talk.left == "target");
  CHECK(Talk("proxy:1", "::1", {}).said.starts_with("CONNECT [::1]:443 HTTP/1.1\r\n"));
}

TEST_CASE("a proxy of HTTP that refuses is told from one that is none") {
  const auto fault = [](std::string_view proxy, std::string answer) {
    return proxy_fault_text(Talk(proxy, "a", {std::move(answer)}).fault);
  };
  CHECK(fault("p:1", "HTTP/1.1 403 No\r\n\r\n") == "the proxy did not connect to the target (403)");
  CHECK(fault("p:1", "HTTP/1.0 407 Who\r\n\r\n") ==
        "the proxy asks for a user name and a password");
  CHECK(fault("a:b@p:1", "HTTP/1.1 407 Who\r\n\r\n") ==
        "the proxy does not accept the user name and password");
  for (const char* strange : {"SSH-2.0", "HTTP/1.1 2xx\r\n\r\n", "HTTP/1.1\r\n\r\n"})
    CHECK(fault("p:1", strange) == "the proxy does not answer in HTTP");
  CHECK(fault("p:1", "HTTP/1.1 200 OK\r\n" + std::string(20'000, 'x')) ==
        "the proxy does not answer in HTTP");
}

TEST_CASE("SOCKS5 passes names, addresses and credentials in their own form") {
  const std::string open = "\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50"s;
  const Talk plain("socks5://p", "shop.example", {"\x05\x00"s, open + "target"});
  CHECK(plain.said == "\x05\x01\x00\x05\x01\x00\x03\x0cshop.example\x01\xbb"s);
  CHECK(plain.open);
  CHECK(plain.left == "target");
  const Talk login("socks5://me:secret@p", "10.1.2.3",
                   {"\x05\x02"s, "\x01\x00"s,
                    "\x05\x00\x00\x03\x02"
                    "ab\x00\x50"s});
  CHECK(login.said ==
        "\x05\x02\x00\x02\x01\x02me\x06secret\x05\x01\x00\x01\x0a\x01\x02\x03\x01\xbb"s);
  CHECK(login.open);
  CHECK(login.left.empty());
}

TEST_CASE("what a SOCKS5 proxy refuses has words") {
  const auto fault = [](std::string_view proxy, const std::vector<std::string>& answers) {
    return proxy_fault_text(Talk(proxy, "a", answers).fault);
  };
  CHECK(fault("socks5://p", {"\x04\x5a"s}) == "the proxy does not speak SOCKS5");
  CHECK(fault("socks5://p", {"\x05\xff"s}) == "the proxy asks for a user name and a password");
  CHECK(fault("socks5://p", {"\x05\x02"s}) == "the proxy asks for a user name and a password");
  CHECK(fault("socks5://u:v@p", {"\x05\x02"s, "\x01\x01"s}) ==
        "the proxy does not accept the user name and password");
  CHECK(fault("socks5://p", {"\x05\x00"s, "\x05\x05\x00\x01\x00"s}) ==
        "the proxy did not connect to the target: connection refused");
  CHECK(fault("socks5://p", {"\x05\x00"s, "\x05\x63\x00\x01\x00"s}) ==
        "the proxy did not connect to the target (99)");
  CHECK(fault("socks5://p", {"\x05\x00"s, "\x05\x00\x00\x09\x00"s}) ==
        "the proxy does not speak SOCKS5");
}

}  // namespace
}  // namespace weft::net
