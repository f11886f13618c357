// Verifies sigstore bundles with npm's @sigstore/verify and one public key, without network:
//   NODE_PATH=... node scripts/verify-bundle.cjs KEY.pub BUNDLE...
const crypto = require('crypto');
const fs = require('fs');
const { bundleFromJSON } = require('@sigstore/bundle');
const { Verifier, toSignedEntity, toTrustMaterial } = require('@sigstore/verify');

const [keyFile, ...bundles] = process.argv.slice(2);
const publicKey = crypto.createPublicKey(fs.readFileSync(keyFile));
const spki = publicKey.export({ type: 'spki', format: 'der' });
const hint = crypto.createHash('sha256').update(spki).digest('base64');

// A key found by its hint alone: the hint in the bundle must be the digest of this very key.
const findKey = (wanted) => {
  if (wanted !== hint) throw new Error(`no key for hint ${wanted}`);
  return { publicKey, validFor: () => true };
};
const nobody = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
const verifier = new Verifier(toTrustMaterial(nobody, findKey), {
  ctlogThreshold: 0, tlogThreshold: 0, timestampThreshold: 0, tsaThreshold: 0,
});

for (const file of bundles) {
  try {
    verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(fs.readFileSync(file)))));
    console.log(`${file}: verified`);
  } catch (error) {
    console.log(`${file}: refused: ${error.message}`);
    process.exitCode = 1;
  }
}
