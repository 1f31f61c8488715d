// Signatures of others through the command: keyless ones under a pinned trust root, and cosign's own hand both ways.
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { copy, createLayout, signatureTag } from "@attache/oci"
import {
  cosign,
  dockerRegistry,
  goRegistry,
  type RegistryKind,
  runCosign,
  signedKeyless,
  vector,
} from "@attache/oci/testing"
import { beforeAll, describe, expect, it } from "vitest"
import { buildCommand, createDesk, type Desk, emptyModule, keyPair, wasmModule } from "./package-tools.ts"

beforeAll(buildCommand)

const failure = (code: string) => ({ ok: false, errors: [expect.objectContaining({ code })] })
const signer = { subject: "dev@acme.example", issuer: "https://accounts.acme.example" }

/** The recorded image with both of its signatures, in a layout, and the root file that they are under. */
async function keylessDesk(): Promise<Desk & { readonly root: string }> {
  const desk = createDesk()
  const { target, image } = await signedKeyless()
  mkdirSync(join(desk.folder, "store"))
  const layout = createLayout(join(desk.folder, "store"))
  await copy(target, layout, image, { tag: "1.2.3", referrers: true })
  const tag = signatureTag(image.digest)
  await copy(target, layout, await target.resolve(tag), { tag })
  return { ...desk, root: desk.write("root.json", vector("keyless-root.json")) }
}

describe("keyless signatures", () => {
  it("are right under their root, for the signer that is named", async () => {
    const { attache, json, root } = await keylessDesk()
    const by = (identity: string, issuer = signer.issuer) => [
      ...["oci-layout:store:1.2.3", "--trust-root", root],
      ...["--identity", identity, "--issuer", issuer],
    ]
    const plain = await attache("verify", ...by(signer.subject))
    expect([plain.status, plain.stdout]).toEqual([
      0,
      expect.stringMatching(/^oci-layout:store:1\.2\.3@sha256:\S+ {2}signed by dev@acme\.example \(https:\/\/accounts/),
    ])
    expect(await json("verify", ...by("*@acme.example", "https://accounts.*"))).toMatchObject({
      status: 0,
      data: {
        ok: true,
        data: {
          found: 2,
          acceptedBy: { kind: "certificate", ...signer },
          signatures: [{ form: "cosign" }, { form: "bundle" }],
          problems: [],
        },
      },
    })
    for (const wrong of [by("boss@acme.example"), by(signer.subject, "https://other.example"), by("*@acme.exampl")])
      expect(await json("verify", ...wrong)).toMatchObject({ status: 3, data: failure("ATT_SIGNATURE_SIGNER") })
    const old = await json("verify", ...by(signer.subject), "--minimum-version", "1.2.4")
    expect(old).toMatchObject({ status: 3, data: failure("ATT_SIGNATURE_VERSION") })
  })

  it.each([
    ["no transparency log", "tlogs", []],
    ["no certificate log", "ctlogs", []],
    ["no authority", "certificateAuthorities", []],
  ])("are wrong under a root with %s", async (_name, field, value) => {
    const { json, write } = await keylessDesk()
    const root = write(
      "other.json",
      JSON.stringify({ ...JSON.parse(vector("keyless-root.json").toString()), [field]: value }),
    )
    const answer = await json(
      "verify",
      "oci-layout:store:1.2.3",
      "--trust-root",
      root,
      ...["--identity", "*", "--issuer", "*"],
    )
    expect(answer).toMatchObject({ status: 3, data: failure("ATT_SIGNATURE_INVALID") })
  })

  it("are nothing under the root of another instance, or for a key", async () => {
    const desk = await keylessDesk()
    const { json, write } = desk
    const public_ = write("public.json", vector("public-good-root.json"))
    const anybody = ["--identity", "*", "--issuer", "*"]
    expect(await json("verify", "oci-layout:store:1.2.3", "--trust-root", public_, ...anybody)).toMatchObject({
      status: 3,
      data: failure("ATT_SIGNATURE_INVALID"),
    })
    const { pub } = keyPair(desk, "team")
    expect(await json("verify", "oci-layout:store:1.2.3", "--key", pub)).toMatchObject({
      status: 3,
      data: failure("ATT_SIGNATURE_INVALID"),
    })
  })

  it("are held against a policy, and keep from pulling", async () => {
    const { attache, json, write, root } = await keylessDesk()
    const policy = (subject: string): string =>
      write(
        "policy.yaml",
        `trustRoot: root.json\nrules:\n  - repository: "oci-layout:**"\n    identities: [{subject: "${subject}", issuer: "${signer.issuer}"}]\n`,
      )
    expect(await json("verify", "oci-layout:store:1.2.3", "--policy", policy("*@acme.example"))).toMatchObject({
      status: 0,
    })
    const refused = await json("pull", "oci-layout:store:1.2.3", "--path", "out", "--policy", policy("*@other.example"))
    expect(refused).toMatchObject({ status: 3, data: failure("ATT_SIGNATURE_SIGNER") })
    const named = ["--trust-root", root, "--identity", signer.subject, "--issuer", signer.issuer]
    expect((await attache("pull", "oci-layout:store:1.2.3", "--path", "out", ...named)).status).toBe(0)
  })

  it.each([
    ["a root that nobody is named for", ["--trust-root", "root.json"], 2, "ATT_USAGE_OPTION"],
    ["an identity without its issuer", ["--trust-root", "root.json", "--identity", "a"], 2, "ATT_USAGE_OPTION"],
    [
      "a root that is none",
      ["--trust-root", "bad.json", "--identity", "a", "--issuer", "b"],
      1,
      "ATT_SIGNATURE_TRUST_ROOT",
    ],
    [
      "a root that is not there",
      ["--trust-root", "no.json", "--identity", "a", "--issuer", "b"],
      2,
      "ATT_USAGE_OPTION",
    ],
    ["an identity that nothing vouches for", ["--identity", "a", "--issuer", "b"], 2, "ATT_USAGE_OPTION"],
    ["a version that nobody signs", ["--minimum-version", "1"], 2, "ATT_USAGE_OPTION"],
    ["a policy and more", ["--policy", "p.yaml", "--minimum-version", "1"], 2, "ATT_USAGE_OPTION"],
  ])("are not asked for with %s", async (_name, args, status, code) => {
    const { json, write } = await keylessDesk()
    write("bad.json", '{"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1", "tlogs": {}}')
    for (const verb of [["verify"], ["pull", "--path", "out"]])
      expect(await json(...verb, "oci-layout:store:1.2.3", ...args)).toMatchObject({ status, data: failure(code) })
  })
})

const kinds: readonly RegistryKind[] = [goRegistry(), dockerRegistry()]
const password = { COSIGN_PASSWORD: "attache" }

describe.each(kinds)("cosign and the command at $name", (kind) => {
  const reason = kind.reason ?? (cosign === undefined ? "cosign 3.1 is not installed" : undefined)
  const title = reason === undefined ? "" : ` (${reason})`

  it.skipIf(reason !== undefined)(`verify each other's signatures${title}`, async () => {
    await using registry = await kind.start()
    const { attache, json, write } = createDesk(password)
    const [key, pub] = [write("a.key", vector("ecdsa.key")), write("a.pub", vector("ecdsa.pub"))]
    const path = write("a.wasm", wasmModule())
    const reference = (name: string): string => `${registry.host}/team/${name}:1.0.0`
    const push = async (name: string): Promise<string> => {
      const { data } = await json("push", path, reference(name), "--name", name)
      return `${registry.host}/team/${name}@${(data as { data: { digest: string } }).data.digest}`
    }
    const verifying = ["--key", pub, "--insecure-ignore-tlog=true", "--private-infrastructure", "--allow-http-registry"]
    const ours = await push("ours")
    for (const [form, isNew] of [
      ["cosign", false],
      ["bundle", true],
    ] as const) {
      await attache("sign", reference("ours"), "--key", key, "--form", form)
      expect(await runCosign(["verify", ...verifying, `--new-bundle-format=${isNew}`, ours])).toContain("ours")
    }
    const signing = ["sign", "--key", key, "--allow-http-registry", "-y"]
    const classic = ["--use-signing-config=false", "--tlog-upload=false", "--new-bundle-format=false"]
    await runCosign([...signing, ...classic, await push("classic")], password)
    const config = write("config.json", "")
    await runCosign(["signing-config", "create", "--out", config])
    await runCosign([...signing, "--signing-config", config, await push("bundle")], password)
    const unsigned = await push("unsigned")
    for (const name of ["classic", "bundle"])
      expect(await json("verify", reference(name), "--key", pub)).toMatchObject({
        status: 0,
        data: { data: { found: 1, acceptedBy: { kind: "key" } } },
      })
    expect(await json("verify", unsigned, "--key", pub)).toMatchObject({ data: failure("ATT_SIGNATURE_MISSING") })
    // Another image under a signed tag is not signed by that.
    await attache("push", write("b.wasm", emptyModule), reference("classic"), "--name", "classic")
    expect(await json("verify", reference("classic"), "--key", pub)).toMatchObject({
      status: 3,
      data: failure("ATT_SIGNATURE_MISSING"),
    })
  })
})
