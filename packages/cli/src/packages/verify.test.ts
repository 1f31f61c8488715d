import { createPublicKey } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createKeyPair, parseReference } from "@attache/oci"
import { expect, it, onTestFinished } from "vitest"
import { demandOf, repositoryOf } from "./verify.ts"

function write(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "attache-verify-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const { publicKey } = createKeyPair()
const pem = createPublicKey(publicKey.export({ type: "spki", format: "pem" }))
  .export({ type: "spki", format: "pem" })
  .toString()
const trustRoot = JSON.stringify({ mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1" })
const code = (name: string) => expect.objectContaining({ code: name })

it("demands nothing where nothing is said", async () => {
  expect(await demandOf({})).toBeUndefined()
})

it("demands a signature of one of the keys from any repository, and no older version", async () => {
  const demand = await demandOf({ key: [write("team.pub", pem)], minimumVersion: "1.2.0" })
  expect(demand).toMatchObject({
    policy: { otherwise: "refuse", rules: [{ repository: "**", signed: "required", minimumVersion: "1.2.0" }] },
    trust: { keys: [{ fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) }] },
  })
})

it("accepts nobody under a trust root who is not named", async () => {
  const options = { trustRoot: write("trusted_root.json", trustRoot) }
  await expect(demandOf(options)).rejects.toThrow(code("ATT_USAGE_OPTION"))
  await expect(demandOf({ ...options, identity: "*@example.com" })).rejects.toThrow(code("ATT_USAGE_OPTION"))
  expect(await demandOf({ ...options, identity: "*@example.com", issuer: "https://i" })).toMatchObject({
    policy: { rules: [{ keys: [], identities: [{ subject: "*@example.com", issuer: "https://i" }] }] },
  })
})

it("refuses keys and roots that are none, and keys beside a policy", async () => {
  await expect(demandOf({ key: [write("team.pub", "text")] })).rejects.toThrow(code("ATT_SIGNATURE_KEY"))
  const named = { identity: "a", issuer: "b" }
  await expect(demandOf({ trustRoot: write("root.json", "{}"), ...named })).rejects.toThrow(
    code("ATT_SIGNATURE_TRUST_ROOT"),
  )
  await expect(demandOf({ policy: "p.yaml", key: ["team.pub"] })).rejects.toThrow(code("ATT_USAGE_OPTION"))
})

it("gives the findings of a policy that is wrong", async () => {
  expect(await demandOf({ policy: write("policy.yaml", "rules: 1") })).toEqual([code("ATT_SIGNATURE_POLICY")])
})

it("names repositories as policies do", () => {
  expect(repositoryOf(parseReference("registry.example:5000/a/b:1"))).toBe("registry.example:5000/a/b")
  expect(repositoryOf(parseReference("oci-layout:store:1"))).toBe("oci-layout:store")
})
