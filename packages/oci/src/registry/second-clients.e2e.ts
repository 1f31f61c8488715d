// What other clients write we read, and what we write they read: crane, the ORAS library, skopeo.
import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { content, emptyConfig, manifest, noise, pushAll } from "../../test/artifacts.ts"
import { createTestAuthority } from "../../test/authority.ts"
import { findOciTools, findProgram, run } from "../../test/oci-tools.ts"
import { dockerRegistry, goRegistry, login, type RegistryKind } from "../../test/real-registries.ts"
import { tempFolder } from "../../test/temp-folder.ts"
import { copy } from "../content/copy.ts"
import { collect } from "../content/verified.ts"
import { passwordCredential } from "../credentials/credential.ts"
import { createDockerCredentials } from "../credentials/docker-credentials.ts"
import { createLayout } from "../layout/layout.ts"
import { createRegistryClient } from "./client.ts"

const tools = findOciTools()
const program = (name: string): string => join(tools.folder ?? "", name)
const skopeo = findProgram("skopeo")
const kinds: readonly RegistryKind[] = [goRegistry(), dockerRegistry()]
const wasm = content(noise(700_000), "application/vnd.wasm.content.layer.v1+wasm")
const artifact = manifest([wasm], { artifactType: "application/vnd.example.module" })
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** A file with the module. */
function moduleFile(): string {
  const path = join(tempFolder(), "module.wasm")
  writeFileSync(path, wasm.bytes)
  return path
}

/** The reason of a skip, for the title. */
const because = (reason: string | undefined): string => (reason === undefined ? "" : ` (${reason})`)

describe.each(kinds)("$name", (kind) => {
  const missing = kind.reason ?? tools.reason
  // Crane gets no tokens at another loopback address than the registry's own, where this one's token server is.
  const craneLogins = kind.name === "docker-registry" ? (["basic"] as const) : (["basic", "token"] as const)
  describe.skipIf(missing !== undefined)(`crane${because(missing)}`, () => {
    it.each(craneLogins)(
      "reads what we push, writes what we pull, and shares its login with us, over TLS: %s",
      async (auth) => {
        const { localhost, caCertificate } = await createTestAuthority()
        await using registry = await kind.start({ identity: localhost, auth })
        const folder = tempFolder()
        writeFileSync(join(folder, "ca.pem"), caCertificate)
        const env = { DOCKER_CONFIG: folder, SSL_CERT_FILE: join(folder, "ca.pem") }
        const crane = (...parameters: string[]): Promise<string> => run(program("crane"), parameters, env)
        await crane("auth", "login", registry.host, "-u", login.user, "-p", login.password)
        const credentials = createDockerCredentials({ env: { ...process.env, DOCKER_CONFIG: folder } })
        using client = createRegistryClient({ credentials, hosts: { [registry.host]: { caCertificate } } })
        const target = client.repository({ registry: registry.host, repository: "ours/module" })
        await pushAll(target, [emptyConfig, wasm])
        await target.push(artifact.descriptor, artifact.bytes, { tag: "v1" })
        const reference = `${registry.host}/ours/module`
        expect(await crane("digest", `${reference}:v1`)).toBe(artifact.descriptor.digest)
        expect(await crane("manifest", `${reference}:v1`)).toBe(Buffer.from(artifact.bytes).toString())
        expect(await crane("ls", reference)).toBe("v1")
        await crane("copy", `${reference}:v1`, `${registry.host}/theirs:v2`)
        await crane("blob", `${reference}@${wasm.descriptor.digest}`)
        const theirs = client.repository({ registry: registry.host, repository: "theirs" })
        expect(await theirs.resolve("v2")).toEqual(artifact.descriptor)
        expect(sha256(await collect(await theirs.fetch(wasm.descriptor)))).toBe(sha256(wasm.bytes))
      },
    )

    it("and we agree on an image, in a layout and out of it", async () => {
      await using registry = await kind.start()
      const folder = tempFolder()
      await run("tar", ["-cf", join(folder, "layer.tar"), "-C", join(moduleFile(), ".."), "module.wasm"])
      const reference = `${registry.host}/image`
      await run(program("crane"), [
        "append",
        "-f",
        join(folder, "layer.tar"),
        "-t",
        `${reference}:v1`,
        "--oci-empty-base",
      ])
      using client = createRegistryClient()
      const target = client.repository({ registry: registry.host, repository: "image" })
      const layout = createLayout(join(folder, "ours"))
      const { descriptor } = await copy(target, layout, await target.resolve("v1"), { tag: "v1" })
      expect(descriptor.digest).toBe(await run(program("crane"), ["digest", `${reference}:v1`]))
      // Crane's layouts name no tags.
      await run(program("crane"), ["pull", "--format", "oci", `${reference}:v1`, join(folder, "theirs")])
      expect(await createLayout(join(folder, "theirs")).resolve("")).toMatchObject({ digest: descriptor.digest })
      expect(await createLayout(join(folder, "theirs")).exists(descriptor)).toBe(true)
      await run(program("crane"), ["push", join(folder, "ours"), `${registry.host}/again:v1`])
      const again = client.repository({ registry: registry.host, repository: "again" })
      expect((await again.resolve("v1")).digest).toBe(descriptor.digest)
    })
  })

  describe.skipIf(missing !== undefined)(`the ORAS library${because(missing)}`, () => {
    const oras = (...parameters: string[]): Promise<string> => run(program("oras"), parameters)

    it("pushes what we read, refers to what we push, and finds our referrers", async () => {
      await using registry = await kind.start()
      const reference = `${registry.host}/both:v1`
      using client = createRegistryClient()
      const target = client.repository({ registry: registry.host, repository: "both" })
      const file = moduleFile()
      const digest = await oras("push", reference, "application/vnd.example.module", wasm.descriptor.mediaType, file)
      const subject = await target.resolve("v1")
      expect(subject.digest).toBe(digest)
      expect(sha256(await collect(await target.fetch(wasm.descriptor)))).toBe(sha256(wasm.bytes))
      const theirs = await oras("attach", reference, "x/signature", "x/data", file)
      const ours = manifest([], { artifactType: "x/signature", subject })
      await pushAll(target, [emptyConfig, ours])
      const both = [theirs, ours.descriptor.digest].sort()
      expect((await target.referrers(subject, "x/signature")).map((each) => each.digest)).toEqual(both)
      expect((await oras("referrers", reference)).split("\n").sort()).toEqual(both)
    })

    it("reads our layouts and repositories, and we read its layouts", async () => {
      await using registry = await kind.start()
      const [ours, theirs] = [tempFolder(), tempFolder()]
      const layout = createLayout(ours)
      await pushAll(layout, [emptyConfig, wasm])
      await layout.push(artifact.descriptor, artifact.bytes, { tag: "v1" })
      expect(await oras("upload", ours, "v1", `${registry.host}/a:v2`)).toBe(artifact.descriptor.digest)
      using client = createRegistryClient()
      const target = client.repository({ registry: registry.host, repository: "a" })
      expect(await target.resolve("v2")).toEqual(artifact.descriptor)
      expect(await oras("pull", `${registry.host}/a:v2`, theirs)).toBe(artifact.descriptor.digest)
      expect(await createLayout(theirs).resolve("v2")).toMatchObject(artifact.descriptor)
      expect(await createLayout(theirs).exists(artifact.descriptor)).toBe(true)
    })
  })

  const withoutSkopeo = kind.reason ?? (skopeo === undefined ? "skopeo is not installed" : undefined)
  describe.skipIf(withoutSkopeo !== undefined)(`skopeo${because(withoutSkopeo)}`, () => {
    it.each(["basic", "token"] as const)(
      "copies our layout to a registry with a login, and ours from there, with the same digests: %s",
      async (auth) => {
        const { localhost, caCertificate } = await createTestAuthority()
        await using registry = await kind.start({ identity: localhost, auth })
        const folder = tempFolder()
        mkdirSync(join(folder, "certs"))
        writeFileSync(join(folder, "certs/ca.crt"), caCertificate)
        const config = content(
          JSON.stringify({ architecture: "wasm", os: "wasi", rootfs: { type: "layers", diff_ids: [] } }),
        )
        const typed = { ...config.descriptor, mediaType: "application/vnd.oci.image.config.v1+json" }
        const image = manifest([], { config: typed, artifactType: undefined })
        const layout = createLayout(join(folder, "ours"))
        await pushAll(layout, [config])
        await layout.push(image.descriptor, image.bytes, { tag: "v1" })
        const [creds, certs] = [`${login.user}:${login.password}`, join(folder, "certs")]
        const remote = `docker://${registry.host}/image:v1`
        await run(skopeo ?? "", [
          "copy",
          `oci:${join(folder, "ours")}:v1`,
          remote,
          "--dest-creds",
          creds,
          "--dest-cert-dir",
          certs,
        ])
        const credentials = async () => passwordCredential(login.user, login.password)
        using client = createRegistryClient({ credentials, hosts: { [registry.host]: { caCertificate } } })
        const target = client.repository({ registry: registry.host, repository: "image" })
        expect(await target.resolve("v1")).toEqual(image.descriptor)
        await target.tag(image.descriptor, "v2")
        const back = `oci:${join(folder, "theirs")}:v2`
        await run(skopeo ?? "", [
          "copy",
          `docker://${registry.host}/image:v2`,
          back,
          "--src-creds",
          creds,
          "--src-cert-dir",
          certs,
        ])
        expect(await createLayout(join(folder, "theirs")).resolve("v2")).toMatchObject(image.descriptor)
        expect(readFileSync(join(folder, "theirs/blobs/sha256", image.descriptor.digest.slice(7)))).toEqual(image.bytes)
      },
    )
  })
})
