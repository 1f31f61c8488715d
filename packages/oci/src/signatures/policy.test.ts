import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isMatch } from "./pattern.ts"
import { judgeSignature, type SignaturePolicy, type SignatureRule } from "./policy.ts"
import type { ImageSignature, ImageVerification } from "./verify-image.ts"
import { compareVersions } from "./version-order.ts"

const fingerprint = "ab".repeat(32)
const byKey: ImageSignature = {
  form: "cosign",
  digest: "sha256:1",
  signer: { kind: "key", fingerprint },
  annotations: {},
  version: "1.2.3",
}
const byMail: ImageSignature = {
  ...byKey,
  form: "bundle",
  signer: { kind: "certificate", subject: "dev@acme.example", issuer: "https://accounts.acme.example" },
}
const repository = "registry.acme.example/team/filter"
const unsigned: ImageVerification = { found: 0, signatures: [], problems: [] }
const altered: ImageVerification = {
  found: 2,
  signatures: [],
  problems: ["it is not of a key that is given, or was altered"],
}
const of = (...signatures: readonly ImageSignature[]): ImageVerification => ({
  found: signatures.length,
  signatures,
  problems: [],
})
const rule = (fields: Partial<SignatureRule> = {}): SignatureRule => ({
  repository: "registry.acme.example/**",
  signed: "required",
  keys: [fingerprint],
  ...fields,
})
const policy = (...rules: readonly SignatureRule[]): SignaturePolicy => ({ rules, otherwise: "refuse" })
const people = { keys: [], identities: [{ subject: "*@acme.example", issuer: "https://accounts.acme.example" }] }

describe("judgeSignature", () => {
  it.each<[string, SignaturePolicy, ImageVerification]>([
    ["what is signed with the key", policy(rule()), of(byKey)],
    ["what one of two signed", policy(rule()), of(byMail, byKey)],
    ["what somebody with the identity signed", policy(rule(people)), of(byMail)],
    ["everything where no signature is wanted", policy(rule({ signed: "not-required" }), rule()), unsigned],
    [
      "what no rule names, if the policy says so",
      { rules: [rule({ repository: "x" })], otherwise: "accept" },
      unsigned,
    ],
    ["the oldest version allowed", policy(rule({ minimumVersion: "1.2.3" })), of(byKey)],
    ["a newer version", policy(rule({ minimumVersion: "v1.2" })), of(byKey)],
    ["the newer of two claims", policy(rule({ minimumVersion: "2.0.0" })), of(byKey, { ...byKey, version: "2.0.0" })],
  ])("accepts %s", (_name, given, verification) => {
    expect(judgeSignature(given, repository, verification)).toMatchObject({ verdict: "accepted" })
  })

  it.each<[string, SignaturePolicy, ImageVerification, string, string]>([
    ["what is not signed", policy(rule()), unsigned, "ATT_SIGNATURE_MISSING", "is not signed"],
    ["what was altered", policy(rule()), altered, "ATT_SIGNATURE_INVALID", "is right: it is not of a key"],
    [
      "another key",
      policy(rule({ keys: ["00"] })),
      of(byKey),
      "ATT_SIGNATURE_SIGNER",
      "signed by key abababababababab",
    ],
    [
      "another person",
      policy(rule({ ...people, identities: [{ subject: "boss@acme.example", issuer: "*" }] })),
      of(byMail),
      "ATT_SIGNATURE_SIGNER",
      "dev@acme.example",
    ],
    [
      "the same name from another issuer",
      policy(rule({ identities: [{ subject: "*", issuer: "https://other.example" }] })),
      of(byMail),
      "ATT_SIGNATURE_SIGNER",
      "accounts.acme.example",
    ],
    ["a rule that names nobody", policy(rule({ keys: [] })), of(byKey), "ATT_SIGNATURE_SIGNER", "no rule accepts"],
    [
      "an older version put in place of a newer",
      policy(rule({ minimumVersion: "1.10.0" })),
      of(byKey),
      "ATT_SIGNATURE_VERSION",
      "is of version 1.2.3",
    ],
    [
      "a version that is none",
      policy(rule({ minimumVersion: "1.0.0" })),
      of({ ...byKey, version: "latest" }),
      "ATT_SIGNATURE_VERSION",
      "of version latest",
    ],
    [
      "no version",
      policy(rule({ minimumVersion: "1.0.0" })),
      of(withoutVersion()),
      "ATT_SIGNATURE_VERSION",
      "without version",
    ],
    [
      "what no rule names",
      policy(rule({ repository: "docker.io/**" })),
      of(byKey),
      "ATT_SIGNATURE_NO_RULE",
      repository,
    ],
    [
      "the first rule that fits, not a later one",
      policy(rule(), rule({ signed: "not-required" })),
      unsigned,
      "ATT_SIGNATURE_MISSING",
      "",
    ],
  ])("refuses %s", (_name, given, verification, code, reason) => {
    expect(judgeSignature(given, repository, verification)).toEqual({
      verdict: "refused",
      code,
      reason: expect.stringContaining(reason),
    })
  })

  function withoutVersion(): ImageSignature {
    const { version: _version, ...rest } = byKey
    return rest
  }
})

describe("isMatch", () => {
  it.each<[string, string, boolean]>([
    ["a/b", "a/b", true],
    ["a/b", "a/bc", false],
    ["a/*", "a/b", true],
    ["a/*", "a/b/c", false],
    ["a/*/c", "a/b/c", true],
    ["a/**", "a/b/c", true],
    ["**/c", "a/b/c", true],
    ["**", "", true],
    ["a.b/*", "axb/c", false],
    ["a/*-x", "a/b-c-x", true],
    ["", "a", false],
  ])("%j fits %j: %s", (pattern, text, want) => expect(isMatch(pattern, text, "segments")).toBe(want))

  it("lets a star in an identity go over slashes", () => {
    expect(isMatch("https://ci/*@refs/tags/*", "https://ci/a/b.yml@refs/tags/v1", "text")).toBe(true)
  })

  it("agrees with a regular expression", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "/", "*", "."), maxLength: 8 })
    fc.assert(
      fc.property(
        text,
        text.map((each) => each.replaceAll("*", "x")),
        (pattern, subject) => {
          const source = pattern.replaceAll(".", "\\.").replaceAll(/\*+/g, (stars) => (stars === "*" ? "[^/]*" : ".*"))
          expect(isMatch(pattern, subject, "segments")).toBe(new RegExp(`^${source}$`, "s").test(subject))
        },
      ),
    )
  })
})

describe("compareVersions", () => {
  const ordered = [
    "0.9",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "v1",
    "1.0.1",
    "1.2.0",
    "1.10.0+build",
    "2.0.0",
  ]
  it("orders versions as Semantic Versioning does", () => {
    for (const [i, a] of ordered.entries()) {
      for (const [j, b] of ordered.entries()) expect([a, b, compareVersions(a, b)]).toEqual([a, b, Math.sign(i - j)])
    }
  })
  it("takes missing parts as zero and build marks as nothing", () => {
    expect(compareVersions("1", "1.0.0")).toBe(0)
    expect(compareVersions("1.0.0+a", "1.0.0+b")).toBe(0)
  })
  it.each(["", "latest", "1.2.3.4", "1..2", "1.0.0-", "1.0.0-a..b", "-1", `${"9".repeat(20)}.0.0`])(
    "knows that %j is no version",
    (text) => {
      expect(compareVersions(text, "1.0.0")).toBeUndefined()
      expect(compareVersions("1.0.0", text)).toBeUndefined()
    },
  )
})
