#include "lib/net/tls.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/pki/openssl.h"

namespace weft::net {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

// Where Linux distributions keep the authorities they trust, should OpenSSL have been built
// elsewhere.
constexpr const char* kTrustFiles[] = {"/etc/ssl/certs/ca-certificates.crt",
                                       "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
                                       "/etc/ssl/cert.pem"};

Error failed(std::string what) {
  return Error{ExitCode::tool, std::move(what)}.because(pki::last_reason());
}

int openssl_version(TlsVersion version) {
  return version == TlsVersion::v1_2 ? TLS1_2_VERSION : TLS1_3_VERSION;
}

// The certificate, its chain and its key.
Result<void> use_identity(SSL_CTX* context, const TlsIdentity& identity, std::string_view whose) {
  const auto source = fmt::format("the {} certificate", whose);
  WEFT_TRY(chain, pki::parse_certificates(identity.certificate, source));
  WEFT_TRY(key, pki::parse_key(identity.key, fmt::format("the {} key", whose)));
  bool good = SSL_CTX_use_certificate(context, chain.front().get()) == 1;
  for (std::size_t i = 1; i < chain.size(); ++i)
    good = good && SSL_CTX_add1_chain_cert(context, chain[i].get()) == 1;
  if (!good) return failed("cannot use " + source);
  if (SSL_CTX_use_PrivateKey(context, key.get()) == 1) return {};
  return Error{ExitCode::input, fmt::format("the {} key does not belong to its certificate", whose),
               "give the key the certificate was made for"}
      .because(pki::last_reason());
}

Result<void> trust(SSL_CTX* context, const std::string& pem, std::string_view source) {
  WEFT_TRY(authorities, pki::parse_certificates(pem, source));
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const auto& authority : authorities)
    if (X509_STORE_add_cert(store, authority.get()) != 1)
      return failed(fmt::format("cannot use {}", source));
  // What was given is trusted, be it an intermediate authority.
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  return {};
}

void trust_what_the_machine_trusts(SSL_CTX* context) {
  SSL_CTX_set_default_verify_paths(context);
  for (const char* file : kTrustFiles)
    if (SSL_CTX_load_verify_file(context, file) == 1) break;
  ERR_clear_error();
}

std::string wire_format(const std::vector<std::string>& protocols) {
  std::string out;
  for (const auto& protocol : protocols) {
    out += static_cast<char>(protocol.size());
    out += protocol;
  }
  return out;
}

// The first of ours that the client offers; without one the connection goes on without ALPN.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned int offered_size, void* ours) {
  const auto& protocols = *static_cast<const std::string*>(ours);
  unsigned char* found = nullptr;
  const int outcome =
      SSL_select_next_proto(&found, size, reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned>(protocols.size()), offered, offered_size);
  if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

bool is_address(const std::string& host) {
  unsigned char bytes[16];
  return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

}  // namespace

namespace {

// OpenSSL keeps the suites of TLS 1.3 apart; people write one list.
Result<void> use_ciphers(SSL_CTX* context, const std::string& ciphers) {
  std::string modern, older;
  for (std::size_t start = 0; start <= ciphers.size();) {
    const std::size_t end = std::min(ciphers.find_first_of(":,", start), ciphers.size());
    const std::string name = ciphers.substr(start, end - start);
    std::string& list = name.starts_with("TLS_") ? modern : older;
    if (!list.empty()) list += ':';
    list += name;
    start = end + 1;
  }
  // A list of one kind only rules out the other.
  const bool good = SSL_CTX_set_ciphersuites(context, modern.c_str()) == 1 &&
                    (older.empty() || SSL_CTX_set_cipher_list(context, older.c_str()) == 1);
  if (modern.empty()) SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
  if (older.empty()) SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  if (good) return {};
  return Error{ExitCode::usage, fmt::format("\"{}\" is not a list of ciphers", ciphers),
               "name ciphers as openssl ciphers -v does, with colons between them"}
      .because(pki::last_reason());
}

Result<void> use_curves(SSL_CTX* context, const std::string& curves) {
  if (SSL_CTX_set1_groups_list(context, curves.c_str()) == 1) return {};
  return Error{ExitCode::usage, fmt::format("\"{}\" is not a list of curves", curves),
               "for example X25519:P-256"}
      .because(pki::last_reason());
}

}  // namespace

// OpenSSL's own socket BIO would raise SIGPIPE.
struct SocketBio {
  static const BIO_METHOD* method() {
    static const BIO_METHOD* const made = [] {
      BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
      BIO_meth_set_read(method, read);
      BIO_meth_set_write(method, write);
      BIO_meth_set_ctrl(method, control);
      return method;
    }();
    return made;
  }

  static int read(BIO* bio, char* data, int size) {
    auto& session = *static_cast<TlsSession*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (session.drained_) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const auto n = ::recv(session.fd_, data, static_cast<std::size_t>(size), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
    if (n == 0) session.end_seen_ = true;
    session.drained_ = session.edges_ && n > 0 && n < size;
    return static_cast<int>(n);
  }

  static int write(BIO* bio, const char* data, int size) {
    const auto& session = *static_cast<TlsSession*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    const auto n = ::send(session.fd_, data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
    return static_cast<int>(n);
  }

  static long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF)
      return static_cast<TlsSession*>(BIO_get_data(bio))->end_seen_ ? 1 : 0;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }
};

Result<TlsVersion> parse_tls_version(std::string_view text) {
  if (text == "1.2") return TlsVersion::v1_2;
  if (text == "1.3") return TlsVersion::v1_3;
  return Error{ExitCode::usage, fmt::format("\"{}\" is not a version of TLS", text),
               "write 1.2 or 1.3"};
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

TlsTicket::~TlsTicket() { SSL_SESSION_free(session_); }

Result<std::shared_ptr<const TlsContext>> TlsContext::client(
    const TlsClientOptions& options, std::string host, const std::vector<std::string>& protocols) {
  const std::shared_ptr<TlsContext> made(new TlsContext(SSL_CTX_new(TLS_client_method()), false));
  SSL_CTX* context = made->context_;
  if (context == nullptr) return failed("cannot begin with TLS");
  made->host_ = std::move(host);
  if (!options.server_name.empty()) made->host_ = options.server_name;
  made->spiffe_id_ = options.spiffe_id;
  made->protocols_ = wire_format(protocols);
  made->resume_ = options.resume;
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_min_proto_version(context,
                                openssl_version(options.min_version.value_or(TlsVersion::v1_2)));
  if (options.max_version)
    SSL_CTX_set_max_proto_version(context, openssl_version(*options.max_version));
  if (options.min_version && options.max_version && *options.min_version > *options.max_version)
    return Error{ExitCode::usage, "the least version of TLS is above the greatest",
                 "swap --tls-min and --tls-max"};
  if (!options.ciphers.empty()) WEFT_CHECK(use_ciphers(context, options.ciphers));
  if (!options.curves.empty()) WEFT_CHECK(use_curves(context, options.curves));
  if (options.verify) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    if (options.ca.empty())
      trust_what_the_machine_trusts(context);
    else
      WEFT_CHECK(trust(context, options.ca, "the file of --cacert"));
  }
  if (!options.identity.certificate.empty())
    WEFT_CHECK(use_identity(context, options.identity, "client"));
  if (options.resume) {
    SSL_CTX_set_session_cache_mode(context,
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(context, [](SSL* ssl, SSL_SESSION* session) {
      auto* ticket = static_cast<TlsTicket*>(SSL_get_app_data(ssl));
      if (ticket == nullptr) return 0;
      SSL_SESSION_free(ticket->session_);
      ticket->session_ = session;
      return 1;
    });
  } else {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  }
  return std::shared_ptr<const TlsContext>(made);
}

Result<std::shared_ptr<const TlsContext>> TlsContext::server(
    const TlsServerOptions& options, const std::vector<std::string>& protocols) {
  const std::shared_ptr<TlsContext> made(new TlsContext(SSL_CTX_new(TLS_server_method()), true));
  SSL_CTX* context = made->context_;
  if (context == nullptr) return failed("cannot begin with TLS");
  made->protocols_ = wire_format(protocols);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  WEFT_CHECK(use_identity(context, options.identity, "server"));
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, &made->protocols_);
  static constexpr std::string_view kSessionId = "weft";  // needed where clients are verified
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(kSessionId.data()),
                                 kSessionId.size());
  if (!options.client_ca.empty()) {
    const int demand = options.anonymous_clients ? 0 : SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | demand, nullptr);
    WEFT_CHECK(trust(context, options.client_ca, "the authority of clients"));
  }
  return std::shared_ptr<const TlsContext>(made);
}

TlsSession::TlsSession(const TlsContext& context, int fd, TlsTicket* ticket)
    : context_(context), session_(SSL_new(context.context_)), fd_(fd) {
  BIO* bio = session_ == nullptr ? nullptr : BIO_new(SocketBio::method());
  if (bio == nullptr) {
    failure_ = TlsFailure::broken;
    return;
  }
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(session_, bio, bio);
  if (context.is_server_) {
    SSL_set_accept_state(session_);
    return;
  }
  SSL_set_connect_state(session_);
  const auto note = [](SSL*, void* asked) {
    *static_cast<bool*>(asked) = true;
    return 1;
  };
  SSL_set_cert_cb(session_, note, &asked_);
  const std::string& host = context.host_;
  const bool by_name = context.spiffe_id_.empty();
  if (is_address(host)) {
    if (by_name) X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session_), host.c_str());
  } else {
    SSL_set_tlsext_host_name(session_, host.c_str());
    if (by_name) SSL_set1_host(session_, host.c_str());
  }
  if (!context.protocols_.empty())
    SSL_set_alpn_protos(session_, reinterpret_cast<const unsigned char*>(context.protocols_.data()),
                        static_cast<unsigned>(context.protocols_.size()));
  if (!context.resume_ || ticket == nullptr) return;
  SSL_set_app_data(session_, ticket);
  if (ticket->session_ != nullptr) SSL_set_session(session_, ticket->session_);
}

TlsSession::~TlsSession() {
  // A session that was not ended in order would not be resumed; load generators end none.
  if (session_ != nullptr) SSL_set_shutdown(session_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(session_);
}

TlsSession::Step TlsSession::handshake() {
  if (failure_ != TlsFailure::none) return Step::failed;
  ERR_clear_error();
  const int outcome = SSL_do_handshake(session_);
  if (outcome == 1) {
    // A server that ignores ALPN speaks HTTP/1.1.
    const bool offered_only_others = !context_.is_server_ && protocol().empty() &&
                                     !context_.protocols_.empty() &&
                                     context_.protocols_.find("http/1.1") == std::string::npos;
    if (offered_only_others) failure_ = TlsFailure::no_protocol;
    if (!has_expected_identity()) failure_ = TlsFailure::other_identity;
    return failure_ != TlsFailure::none ? Step::failed : Step::done;
  }
  switch (SSL_get_error(session_, outcome)) {
    case SSL_ERROR_WANT_READ:
      return Step::wants_read;
    case SSL_ERROR_WANT_WRITE:
      return Step::wants_write;
    case SSL_ERROR_SSL:
      failure_ = classify();
      break;
    default:  // the stream ended, or the socket failed
      failure_ = TlsFailure::closed;
  }
  ERR_clear_error();
  return Step::failed;
}

ssize_t TlsSession::read(char* data, std::size_t size) {
  std::size_t n = 0;
  const int outcome = SSL_read_ex(session_, data, size, &n);
  return outcome == 1 ? static_cast<ssize_t>(n) : result_of(outcome);
}

ssize_t TlsSession::write(const char* data, std::size_t size) {
  std::size_t n = 0;
  const int outcome = SSL_write_ex(session_, data, size, &n);
  return outcome == 1 ? static_cast<ssize_t>(n) : result_of(outcome);
}

// SSL_get_error() needs OpenSSL's queue to have been empty before; it always is, because what gets
// into it is taken out here.
ssize_t TlsSession::result_of(int outcome) {
  const int error_number = errno;
  switch (SSL_get_error(session_, outcome)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      errno = EAGAIN;
      return -1;
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    case SSL_ERROR_SYSCALL:
      ERR_clear_error();
      errno = error_number;
      return error_number == 0 || end_seen_ ? 0 : -1;
    default:
      failure_ = classify();
      ERR_clear_error();
      errno = EPROTO;
      return -1;
  }
}

bool TlsSession::buffered() const { return SSL_has_pending(session_) == 1; }

void TlsSession::close_notify() {
  SSL_shutdown(session_);
  ERR_clear_error();
}

std::string_view TlsSession::protocol() const {
  const unsigned char* data = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(session_, &data, &size);
  return {reinterpret_cast<const char*>(data), size};
}

std::string_view TlsSession::version() const { return SSL_get_version(session_); }

bool TlsSession::resumed() const { return SSL_session_reused(session_) == 1; }

}  // namespace weft::net
