// TLS on sockets that never block (OpenSSL 3). A context holds what all connections of a run or of
// a service have in common, a session is one connection. The peer is verified unless told not to.
//
//   WEFT_TRY(context, net::TlsContext::client({.ca = pem}, "shop.example"));
//   net::TlsSession session(*context, fd);
//   switch (session.handshake()) ...          // again whenever the socket is ready
//   session.read(buffer, size);               // as recv() and send(), errno included
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;

namespace weft::net {

enum class TlsVersion { v1_2, v1_3 };
base::Result<TlsVersion> parse_tls_version(std::string_view text);  // "1.2", "1.3"
// SPIFFE-ID, 2: "spiffe://" TRUST-DOMAIN ["/" PATH]; usage error for anything else.
base::Result<std::string> parse_spiffe_id(std::string_view text);

enum class TlsFailure : std::uint8_t {
  none,
  expired,
  not_yet_valid,
  host_mismatch,
  other_identity,  // not the SPIFFE identity that was expected
  unknown_issuer,
  bad_certificate,      // anything else about the peer's certificate
  certificate_wanted,   // the peer asks for one of ours
  certificate_refused,  // the peer does not accept ours
  no_common_version,
  no_common_cipher,
  no_protocol,  // the peer does not speak the application protocol (ALPN)
  not_tls,      // the peer answers in plain text
  closed,       // the peer closed the connection during the handshake
  broken        // anything else
};
std::string_view tls_failure_text(TlsFailure failure);    // "the certificate has expired"
std::string_view tls_failure_remedy(TlsFailure failure);  // what to do about it; may be empty

// PEM texts; `source` of a key and certificate is for messages.
struct TlsIdentity {
  std::string certificate;  // followed by its chain; empty: none
  std::string key;
};

struct TlsClientOptions {
  bool verify = true;
  std::string ca;  // PEM; empty: the authorities this machine trusts
  TlsIdentity identity;
  std::string server_name;  // to ask for and to expect, instead of the host of the URL
  // The identity to expect instead of a name, "spiffe://prod.example/ns/shop/sa/cart"; without a
  // path any identity of the trust domain.
  std::string spiffe_id;
  std::string ciphers;  // as OpenSSL writes them, those of TLS 1.3 among them; empty: OpenSSL's own
  std::string curves;   // "X25519:P-256", in order of preference; empty: OpenSSL's own
  std::optional<TlsVersion> min_version, max_version;
  bool resume = false;  // sessions: measures another, cheaper handshake
};

struct TlsServerOptions {
  TlsIdentity identity;
  std::string client_ca;  // PEM; when given, clients must show a certificate that leads to it
  bool anonymous_clients = false;  // may show none, in spite of client_ca
};

struct TlsPeerCertificate {
  std::string pem;
  std::string subject;  // "CN=shop,O=example" (RFC 4514)
  std::string serial;   // decimal
};

// What was agreed on, in the words of the standards.
struct TlsFacts {
  std::string version;                   // "TLSv1.3"
  std::string protocol;                  // by ALPN; empty: none
  std::string server_name;               // that the client asked for
  std::string cipher;                    // "TLS_AES_128_GCM_SHA256"
  std::string group;                     // of the key exchange, "X25519"
  std::vector<TlsPeerCertificate> peer;  // as shown, the peer's own first
};

class TlsContext {
 public:
  // `protocols`: what to offer by ALPN, in order; the peer has to take one of them.
  static base::Result<std::shared_ptr<const TlsContext>> client(
      const TlsClientOptions& options, std::string host, const std::vector<std::string>& protocols);
  // `protocols`: what to choose from, in order of our preference; a client may ask for none.
  static base::Result<std::shared_ptr<const TlsContext>> server(
      const TlsServerOptions& options, const std::vector<std::string>& protocols);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

 private:
  friend class TlsSession;
  TlsContext(ssl_ctx_st* context, bool is_server) : context_(context), is_server_(is_server) {}

  ssl_ctx_st* context_;
  bool is_server_;
  bool resume_ = false;
  std::string host_;       // that a client expects
  std::string spiffe_id_;  // expected instead
  std::string protocols_;  // in wire format: each after its length
};

// The session that was agreed on last, for the next connection of the same thread.
class TlsTicket {
 public:
  TlsTicket() = default;
  ~TlsTicket();
  TlsTicket(const TlsTicket&) = delete;
  TlsTicket& operator=(const TlsTicket&) = delete;

 private:
  friend class TlsSession;
  friend class TlsContext;
  ssl_session_st* session_ = nullptr;
};

class TlsSession {
 public:
  // `context`, `ticket` and the socket must outlive the session.
  TlsSession(const TlsContext& context, int fd, TlsTicket* ticket = nullptr);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  enum class Step { done, wants_read, wants_write, failed };
  Step handshake();

  // As recv() and send(): 0 is the end of the stream, -1 with EAGAIN "not now", -1 with EPROTO a
  // failure() of TLS.
  ssize_t read(char* data, std::size_t size);
  ssize_t write(const char* data, std::size_t size);

  // A read that got less than it asked for has emptied the socket: where epoll is edge-triggered,
  // no system call is made again before awaken(), which tells that the socket has become ready.
  void read_until_drained() { edges_ = true; }
  void awaken() { drained_ = false; }
  // Bytes were taken from the socket that read() has not returned yet.
  bool buffered() const;

  void close_notify();  // says that we send no more
  TlsFailure failure() const { return failure_; }
  std::string_view protocol() const;  // agreed on by ALPN; empty: none
  std::string_view version() const;   // "TLSv1.3"
  bool resumed() const;
  TlsFacts facts() const;

  // What a client saw of the server.
  bool certificate_asked() const { return asked_; }  // for one of ours
  int alert() const { return alert_; }               // that ended it (RFC 8446, 6); 0: none

 private:
  friend struct SocketBio;
  ssize_t result_of(int outcome);
  TlsFailure classify();
  bool has_expected_identity() const;

  const TlsContext& context_;
  ssl_st* session_;
  int fd_;
  bool edges_ = false;
  bool drained_ = false;
  bool end_seen_ = false;
  bool asked_ = false;
  int alert_ = 0;
  TlsFailure failure_ = TlsFailure::none;
};

}  // namespace weft::net
