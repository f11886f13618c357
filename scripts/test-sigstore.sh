#!/usr/bin/env bash
# What weft signs, others must be able to verify: npm's @sigstore/verify, openssl alone, ssh-keygen,
# and cosign where it is on PATH; all of them must refuse what was changed. And weft must verify what
# openssl signs in the manner of cosign.
# Exit code 77, which ctest shows as skipped, where there is no node or the package cannot be had.
#
#   scripts/test-sigstore.sh BINARY
set -euo pipefail
weft=$(realpath "$1")
scripts=$(realpath "$(dirname "$0")")
sample=$scripts/../testdata/conform/result.json
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() { echo "test-sigstore: $*" >&2; exit 1; }
must_fail() { ! "$@" >"$work/log" 2>&1 || fail "accepted although changed: $*"; }

for type in p256 ed25519; do
  "$weft" -q keys new "$type" --type "$type" >/dev/null
  "$weft" -q conformance export "$sample" --format smi-json --out "signed-$type" --sign "$type"
  # One byte of the payload: the base64 text of `"` + `_` becomes that of `"` + `a`.
  sed 's/"payload":"eyJfd/"payload":"eyJhd/' "signed-$type/result.sigstore.json" >"changed-$type.json"
  cmp -s "changed-$type.json" "signed-$type/result.sigstore.json" && fail "nothing was changed"
done

# By hand, as it is documented: payload and signature, the bytes that were signed, openssl.
for type in p256 ed25519; do
  field() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/" "signed-$type/result.intoto.json"; }
  field payload | base64 -d >payload.bin
  field sig | base64 -d >sig.bin
  printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(wc -c <payload.bin)" | cat - payload.bin >pae
  if [[ $type == p256 ]]; then
    openssl dgst -sha256 -verify p256.pub -signature sig.bin pae >/dev/null
  else
    openssl pkeyutl -verify -rawin -in pae -sigfile sig.bin -pubin -inkey ed25519.pub >/dev/null
  fi || fail "openssl refuses $type"
done
# The other way round: a bundle as cosign writes them, with an older statement and no key id.
openssl ecparam -name prime256v1 -genkey -noout -out cosign.key
openssl ec -in cosign.key -pubout -out cosign.pub 2>openssl.log
digest=$(sha256sum <signed-p256/result.json | cut -d' ' -f1)
printf '{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"t","subject":[{"name":"%s","digest":{"sha256":"%s"}}],"predicate":{}}' \
  result.json "$digest" >theirs.bin
printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(wc -c <theirs.bin)" | cat - theirs.bin >theirs.pae
openssl dgst -sha256 -sign cosign.key -out theirs.sig theirs.pae
printf '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":""},"tlogEntries":[]},"dsseEnvelope":{"payload":"%s","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"%s"}]}}' \
  "$(base64 -w0 theirs.bin)" "$(base64 -w0 theirs.sig)" >signed-p256/theirs.json
"$weft" conformance verify signed-p256/theirs.json --key cosign.pub --artifact signed-p256/result.json >/dev/null
must_fail "$weft" conformance verify signed-p256/theirs.json --key p256.pub
if command -v ssh-keygen >/dev/null; then
  ssh-keygen -i -m PKCS8 -f p256.pub >p256.ssh
  [[ $("$weft" keys show p256.pub) == *"$(ssh-keygen -l -f p256.ssh | cut -d' ' -f2)"* ]] ||
    fail "ssh-keygen knows the key by another name"
fi
echo "test-sigstore: openssl and ssh-keygen agree"

if ! command -v cosign >/dev/null && made=$("$scripts/cluster/tools.py" --cached cosign 2>tools.log); then
  PATH=$PATH:$made
fi
if command -v cosign >/dev/null; then
  export HOME=$work COSIGN_PASSWORD=secret
  check() { # KEY BUNDLE
    cosign verify-blob-attestation --key "$1" --bundle "$2" --insecure-ignore-tlog=true \
      --type https://weft.dev/attestation/conformance/v1 signed-p256/result.json
  }
  check p256.pub signed-p256/result.sigstore.json || fail "cosign refuses"
  must_fail check p256.pub changed-p256.json
  # The other way round, with a key of cosign's own and with an RSA key.
  openssl genrsa -out rsa.pem 3072 2>openssl.log
  cosign generate-key-pair --output-key-prefix theirs >cosign.log 2>&1
  cosign import-key-pair --key rsa.pem --output-key-prefix rsa >>cosign.log 2>&1
  echo '{"verdict":"pass"}' >predicate.json
  for key in theirs rsa; do
    cosign attest-blob --key $key.key --predicate predicate.json --bundle by-$key.json --yes \
      --type https://weft.dev/attestation/conformance/v1 --tlog-upload=false \
      --use-signing-config=false signed-p256/result.json >>cosign.log 2>&1 || fail "$(tail -n3 cosign.log)"
    verify=("$weft" conformance verify "by-$key.json" --key "$key.pub" --artifact)
    "${verify[@]}" signed-p256/result.json >/dev/null
    must_fail "${verify[@]}" signed-p256/smi.json
  done
  must_fail "$weft" conformance verify by-theirs.json --key rsa.pub
  echo "test-sigstore: cosign agrees"
else
  echo "test-sigstore: cosign SKIPPED: not on PATH, and $(cat tools.log)" >&2
fi

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "test-sigstore: SKIPPED: no node and npm on PATH" >&2
  exit 77
fi
if ! timeout 90 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work/npm" \
  @sigstore/verify@3 @sigstore/bundle@4 >npm.log 2>&1; then
  echo "test-sigstore: SKIPPED: npm cannot install @sigstore/verify: $(tail -n1 npm.log)" >&2
  exit 77
fi
export NODE_PATH=$work/npm/node_modules
for type in p256 ed25519; do
  node "$scripts/verify-bundle.cjs" "$type.pub" signed-$type/*.sigstore.json
  must_fail node "$scripts/verify-bundle.cjs" "$type.pub" "changed-$type.json"
done
must_fail node "$scripts/verify-bundle.cjs" ed25519.pub signed-p256/result.sigstore.json
echo "test-sigstore: @sigstore/verify agrees"
