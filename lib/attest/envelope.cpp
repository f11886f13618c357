#include "lib/attest/envelope.h"

#include <algorithm>

#include "lib/base/base64.h"
#include "lib/base/format.h"
#include "lib/doc/decode.h"
#include "lib/doc/read.h"

namespace weft::attest {
namespace {

using base::Error;
using base::ExitCode;
using doc::Fields;
using doc::Value;

// The two alphabets of RFC 4648, with and without padding.
std::optional<std::string> decode_lenient(std::string text) {
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  while (text.size() % 4 != 0) text += '=';
  return base::base64_decode(text);
}

void read_base64(Fields& in, std::string_view key, std::string& out) {
  std::string text;
  in.need(key, text);
  if (!in.ok()) return;
  if (auto bytes = decode_lenient(std::move(text)))
    out = std::move(*bytes);
  else
    in.fail(key, "is not base64");
}

void read_signature(Fields& in, Signature& signature) {
  in.get("keyid", signature.key_id);
  read_base64(in, "sig", signature.bytes);
}

void read_members(Fields& in, Envelope& envelope) {
  in.need("payloadType", envelope.payload_type);
  read_base64(in, "payload", envelope.payload);
  in.require("signatures");
  in.each("signatures", envelope.signatures, read_signature);
  if (in.ok() && envelope.signatures.empty()) in.fail("signatures", "is empty: nothing is signed");
  if (envelope.signatures.size() > kMostSignatures)
    in.fail("signatures", fmt::format("holds more than {}", kMostSignatures));
}

Error foreign(const doc::Document& document, std::string_view source) {
  if (document.root.find("messageSignature") != nullptr)
    return Error{ExitCode::input,
                 fmt::format("{} signs a file directly, it holds no statement", source),
                 "give an attestation: a DSSE envelope or a bundle around one"};
  return Error{ExitCode::input, fmt::format("{} is no signed statement", source),
               "give the .intoto.json or .sigstore.json file that was written when signing"};
}

}  // namespace

std::string pae(std::string_view type, std::string_view body) {
  return fmt::format("DSSEv1 {} {} {} {}", type.size(), type, body.size(), body);
}

base::Result<void> add_signature(Envelope& envelope, const pki::PrivateKey& key) {
  WEFT_TRY(bytes, pki::sign(key, pae(envelope.payload_type, envelope.payload)));
  const std::string id = pki::key_id(key.public_key);
  std::erase_if(envelope.signatures, [&](const Signature& one) { return one.key_id == id; });
  envelope.signatures.push_back({id, std::move(bytes)});
  return {};
}

Value envelope_to_json(const Envelope& envelope) {
  Value signatures = Value::list();
  for (const auto& signature : envelope.signatures) {
    Value one;
    one.set("keyid", signature.key_id).set("sig", base::base64_encode(signature.bytes));
    signatures.push(std::move(one));
  }
  Value out;
  out.set("payload", base::base64_encode(envelope.payload));
  out.set("payloadType", envelope.payload_type).set("signatures", std::move(signatures));
  return out;
}

Value bundle_to_json(const Envelope& envelope, const pki::PublicKey& key) {
  Value hint;
  hint.set("hint", pki::key_hint(key));
  Value material;
  material.set("publicKey", std::move(hint));
  Value out;
  out.set("mediaType", kBundleType).set("verificationMaterial", std::move(material));
  out.set("dsseEnvelope", envelope_to_json(envelope));
  return out;
}

base::Result<Envelope> read_envelope(std::string text, std::string_view source) {
  if (text.size() > kMaxEnvelopeBytes)
    return Error{ExitCode::input, fmt::format("{} is larger than 16 MiB", source)};
  WEFT_TRY(document, doc::read_json(doc::Source{std::string(source), std::move(text)}));
  const bool bundle = document.root.find("dsseEnvelope") != nullptr;
  if (!bundle && document.root.find("payload") == nullptr) return foreign(document, source);
  Envelope envelope;
  Fields in(document, doc::Unknown::ignored);
  if (bundle)
    in.part("dsseEnvelope", envelope, read_members);
  else
    read_members(in, envelope);
  WEFT_CHECK(in.done());
  return envelope;
}

}  // namespace weft::attest
