/** Cause and cure of the codes about signatures. */
export const signatureCodes = {
  ATT_SIGNATURE_MISSING: {
    cause: "a policy wants an image to be signed, and it has no signature",
    cure: "sign it with attache sign, or take the rule for its repository out of the policy",
  },
  ATT_SIGNATURE_INVALID: {
    cause: "an image has signatures, and none of them is right: made with another key, for another image, or altered",
    cure: "check that the policy has the right key; if it has, find out who changed the image",
  },
  ATT_SIGNATURE_SIGNER: {
    cause: "an image is signed rightly, by somebody whom the policy does not name for its repository",
    cure: "add the signer to the policy if you trust them",
  },
  ATT_SIGNATURE_VERSION: {
    cause: "an image is signed, and older than the policy allows, or does not say which version it is",
    cure: "take a newer version, or lower minimumVersion in the policy",
  },
  ATT_SIGNATURE_NO_RULE: {
    cause: "a policy refuses repositories that no rule names, and this is one",
    cure: "add a rule for the repository to the policy",
  },
  ATT_SIGNATURE_KEY: {
    cause: "a key cannot be read: it is in no known form, of an unknown kind, too short, or its password is wrong",
    cure: "use an ECDSA P-256, Ed25519 or RSA key of 2048 bits and more in PEM; set COSIGN_PASSWORD for an encrypted one",
  },
  ATT_SIGNATURE_TRUST_ROOT: {
    cause: "a trust root file cannot be read",
    cure: "give the file trusted_root.json of the Sigstore instance",
  },
} as const
