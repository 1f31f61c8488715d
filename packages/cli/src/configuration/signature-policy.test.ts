import { createPublicKey } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createKeyPair, readPublicKey } from "@attache/oci"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { loadSignaturePolicy, readSignaturePolicy } from "./signature-policy.ts"

const { publicKey } = createKeyPair()
const pem = createPublicKey(publicKey.export({ type: "spki", format: "pem" }))
  .export({ type: "spki", format: "pem" })
  .toString()
const { fingerprint } = readPublicKey(pem)
const trustRoot = JSON.stringify({ mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1" })

const files: Readonly<Record<string, string>> = { "team.pub": pem, "root.json": trustRoot, "text.pub": "hello" }
const read = (text: string) =>
  readSignaturePolicy(text, "policy.yaml", (path) => {
    const found = files[path]
    if (found === undefined) throw new Error(`no such file: ${path}`)
    return Buffer.from(found)
  })

const rule = (rest: string) => `rules:\n  - repository: registry.example/team/*\n${rest}`

const document = "apiVersion: attache.dev/v1alpha1\nkind: SignaturePolicy\nrules: []\notherwise: accept"

describe("a signature policy", () => {
  it("may be a document of a configuration, whose other documents are another's business", () => {
    for (const text of [document, `apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: EnvoyGateway\n---\n${document}`]) {
      expect(read(text)).toMatchObject({ signatures: { policy: { rules: [], otherwise: "accept" } }, diagnostics: [] })
    }
  })

  it("is read with the keys it names, from files and in itself", () => {
    const inline = pem.replaceAll(/^/gm, "        ").trimEnd()
    const { signatures, diagnostics } = read(
      `${rule(`    keys:\n      - team.pub\n      - |\n${inline}\n    minimumVersion: "1.2"\n`)}` +
        "  - {repository: 'registry.example/open/**', signed: not-required}\notherwise: accept\n",
    )
    expect(diagnostics).toEqual([])
    expect(signatures?.trust.keys.map((key) => key.fingerprint)).toEqual([fingerprint])
    expect(signatures?.policy).toEqual({
      rules: [
        {
          repository: "registry.example/team/*",
          signed: "required",
          keys: [fingerprint, fingerprint],
          identities: [],
          minimumVersion: "1.2",
        },
        { repository: "registry.example/open/**", signed: "not-required", keys: [], identities: [] },
      ],
      otherwise: "accept",
    })
  })

  it("refuses repositories that no rule names unless it says otherwise", () => {
    expect(read(rule("    keys: [team.pub]\n")).signatures?.policy.otherwise).toBe("refuse")
  })

  it.each([
    ["rules: 1", 1, "rules", "is no list"],
    ["otherwise: refuse", 1, undefined, "there are no rules"],
    ["- a", 1, undefined, "is no mapping"],
    ["rules: []\nothrwise: accept", 2, "othrwise", "is unknown"],
    ["rules: []\notherwise: maybe", 2, "otherwise", "is neither accept nor refuse"],
    ["rules:\n  - keys: [team.pub]", 2, "rules[0]", "names no repository"],
    [rule("    signed: yes please\n"), 3, "rules[0].signed", "is neither required nor not-required"],
    [rule("    signed: required\n"), 2, "rules[0]", "nobody's is accepted"],
    [rule("    keys: [absent.pub]\n"), 3, "rules[0].keys[0]", "no such file: absent.pub"],
    [rule("    keys: [text.pub]\n"), 3, "rules[0].keys[0]", "the public key cannot be read"],
    [rule("    keys: [{}]\n"), 3, "rules[0].keys[0]", "is no text"],
    [rule("    keys: [team.pub]\n    minimumVersion: 1.2\n"), 4, "rules[0].minimumVersion", "is no text"],
    [rule("    identities: [{subject: a}]\n"), 3, "rules[0].identities[0]", "a subject and an issuer"],
    [rule("    identities: [{subject: a, issuer: b}]\n"), 3, "rules[0].identities", "there is none"],
    ["rules: []\ntrustRoot: team.pub", 2, "trustRoot", "trust root"],
    ["rules: []\ntrustRoot: [1]", 2, "trustRoot", "is no text"],
    ["rules: []\n---\nrules: []", 1, undefined, "0 policies"],
    [`${document}\n---\n${document}`, 1, undefined, "2 policies"],
    ["", 1, undefined, "0 policies"],
    ["apiVersion: attache.dev/v2\nkind: SignaturePolicy\nrules: []", 1, "apiVersion", "not that of a signature policy"],
    ["apiVersion: attache.dev/v1alpha1\nkind: Policy\nrules: []", 2, "kind", "not that of a signature policy"],
    ["kind: SignaturePolicy\nrules: []", 1, "apiVersion", "not that of a signature policy"],
  ])("refuses %j with line %d and field %s", (text, line, field, message) => {
    const { signatures, diagnostics } = read(text)
    expect(signatures).toBeUndefined()
    const found = diagnostics.find((each) => each.message.includes(message))
    expect(found).toMatchObject({ code: "ATT_SIGNATURE_POLICY", severity: "error", file: "policy.yaml", line })
    expect(found?.field).toBe(field)
    expect(found?.hint).toBeTypeOf("string")
  })

  it("says where YAML is broken", () => {
    expect(read("rules: [").diagnostics).toEqual([expect.objectContaining({ code: "ATT_YAML_SYNTAX" })])
  })

  it("gives a policy or an error, whatever it is given", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { signatures, diagnostics } = read(JSON.stringify({ rules: [value], otherwise: value, kind: value }))
        expect(signatures === undefined).toBe(diagnostics.some(({ severity }) => severity === "error"))
      }),
    )
  })

  it("finds its files beside it", () => {
    const folder = mkdtempSync(join(tmpdir(), "attache-policy-"))
    try {
      writeFileSync(join(folder, "team.pub"), pem)
      writeFileSync(join(folder, "policy.yaml"), rule("    keys: [team.pub]\n"))
      expect(loadSignaturePolicy(join(folder, "policy.yaml")).signatures?.policy.rules).toHaveLength(1)
      expect(loadSignaturePolicy(join(folder, "absent.yaml")).diagnostics).toEqual([
        expect.objectContaining({ code: "ATT_SIGNATURE_POLICY", file: join(folder, "absent.yaml") }),
      ])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
