#include "lib/attest/verify.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::attest {
namespace {

using base::Error;
using base::ExitCode;

Error refuse(std::string_view source, const std::string& what, std::string remedy = {}) {
  return Error{ExitCode::invalid, fmt::format("{}: {}", source, what), std::move(remedy)};
}

bool signed_by(const Envelope& envelope, const pki::PublicKey& key) {
  const std::string message = pae(envelope.payload_type, envelope.payload);
  return std::any_of(envelope.signatures.begin(), envelope.signatures.end(),
                     [&](const Signature& s) { return pki::verify(key, message, s.bytes); });
}

// Could these bytes be a signature of the key at all: 64 bytes of Ed25519, as many as the modulus
// has of RSA, a DER sequence of ECDSA.
bool well_formed(const std::string& bytes, pki::KeyType type) {
  if (type == pki::KeyType::ed25519) return bytes.size() == 64;
  if (type == pki::KeyType::rsa) return bytes.size() >= 384 && bytes.size() <= 1024;
  return bytes.size() >= 8 && bytes.size() <= 72 && bytes[0] == 0x30 &&
         static_cast<unsigned char>(bytes[1]) == bytes.size() - 2;
}

// Why no signature of `key` holds, though one claims to be of it.
Error broken(const Envelope& envelope, const Signature& claimed, const TrustedKey& key,
             std::string_view source) {
  if (!well_formed(claimed.bytes, key.key.type))
    return refuse(source, fmt::format("the signature of {} is broken: {} bytes that are no {} "
                                      "signature",
                                      key.name, claimed.bytes.size(), name_of(key.key.type)));
  Envelope expected = envelope;
  expected.payload_type = std::string(kInTotoType);
  if (signed_by(expected, key.key))
    return refuse(source, fmt::format("payloadType was changed to {} after {} signed",
                                      envelope.payload_type, key.name));
  return refuse(source,
                fmt::format("the payload or the signature was changed after {} signed", key.name),
                "get the file again from who signed it");
}

Error untrusted(const Envelope& envelope, const Policy& policy, std::string_view source) {
  for (const auto& signature : envelope.signatures)
    for (const auto& key : policy.keys)
      if (signature.key_id == pki::key_id(key.key)) return broken(envelope, signature, key, source);
  std::vector<std::string> ids;
  for (const auto& signature : envelope.signatures)
    if (!signature.key_id.empty()) ids.push_back(signature.key_id);
  if (ids.empty())
    return refuse(source,
                  "none of the keys given made its signature, or the payload was changed since");
  return refuse(source, fmt::format("signed by {}, none of the keys given", base::join(ids, ", ")),
                "compare with: weft keys show FILE.pub");
}

base::Result<std::vector<std::string>> accepted_keys(const Envelope& envelope, const Policy& policy,
                                                     std::string_view source) {
  if (policy.keys.empty()) return Error{ExitCode::usage, "no key to verify with", "--key FILE.pub"};
  std::vector<std::string> accepted;
  std::vector<pki::PublicKey> seen;  // one key under two names counts once
  for (const auto& trusted : policy.keys) {
    if (std::find(seen.begin(), seen.end(), trusted.key) != seen.end()) continue;
    seen.push_back(trusted.key);
    if (signed_by(envelope, trusted.key)) accepted.push_back(trusted.name);
  }
  if (accepted.empty()) return untrusted(envelope, policy, source);
  if (accepted.size() < policy.threshold)
    return refuse(source, fmt::format("signed by {} ({}), {} are needed",
                                      base::plural(accepted.size(), "trusted key"),
                                      base::join(accepted, ", "), policy.threshold));
  return accepted;
}

base::Result<void> check_artifact(const Statement& statement, const Subject& file,
                                  std::string_view source) {
  const Subject* namesake = nullptr;
  for (const auto& subject : statement.subjects) {
    if (!subject.sha256.empty() && subject.sha256 == file.sha256) return {};
    if (subject.name == file.name) namesake = &subject;
  }
  if (namesake != nullptr)
    return refuse(source, fmt::format("{} is not the file that was signed: its sha256 is {}, "
                                      "signed was {}",
                                      file.name, file.sha256, namesake->sha256));
  return refuse(source, fmt::format("says nothing about {} (sha256 {})", file.name, file.sha256));
}

std::string text_member(const doc::Value& map, std::string_view key) {
  const doc::Value* value = map.find(key);
  return value != nullptr && value->is_string() ? value->string().str() : std::string();
}

base::Result<void> check_fresh(const Statement& statement, const Policy& policy,
                               std::string_view source) {
  const std::string challenge = text_member(statement.predicate, "challenge");
  if (policy.challenge && challenge.empty())
    return refuse(source, "answers no challenge", "run it again with --challenge");
  if (policy.challenge && challenge != *policy.challenge)
    return refuse(source, fmt::format("answers the challenge \"{}\", not \"{}\"", challenge,
                                      *policy.challenge));
  if (!policy.max_age) return {};
  const auto finished = base::parse_rfc3339(text_member(statement.predicate, "finished"));
  if (!finished) return refuse(source, "does not tell when the run finished");
  if (*finished > policy.now + std::chrono::minutes(5))
    return refuse(source,
                  fmt::format("finished in the future: {}", base::format_rfc3339(*finished)));
  if (policy.now - *finished > *policy.max_age)
    return refuse(source,
                  fmt::format("finished on {}, longer ago than {}", base::format_rfc3339(*finished),
                              base::format_duration(*policy.max_age)));
  return {};
}

}  // namespace

base::Result<Verified> verify(const Envelope& envelope, const Policy& policy,
                              std::string_view source) {
  Verified verified;
  WEFT_TRY(accepted, accepted_keys(envelope, policy, source));
  verified.accepted = std::move(accepted);
  if (envelope.payload_type != kInTotoType)
    return refuse(source,
                  fmt::format("payloadType is {}, not {}", envelope.payload_type, kInTotoType));
  auto statement = read_statement(envelope.payload, source);
  if (!statement) {
    Error error = std::move(statement).error();
    error.code = ExitCode::invalid;
    return error;
  }
  verified.statement = std::move(*statement);
  if (!policy.predicate_type.empty() && verified.statement.predicate_type != policy.predicate_type)
    return refuse(source, fmt::format("predicateType is {}, not {}",
                                      verified.statement.predicate_type, policy.predicate_type));
  for (const auto& file : policy.artifacts)
    WEFT_CHECK(check_artifact(verified.statement, file, source));
  WEFT_CHECK(check_fresh(verified.statement, policy, source));
  return verified;
}

}  // namespace weft::attest
