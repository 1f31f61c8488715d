// Registries that others wrote: what a target does, logins, mounts, interrupted transfers, referrers.
import { createHash } from "node:crypto"
import { beforeAll, describe, expect, it } from "vitest"
import { content, emptyConfig, index, manifest, noise, pushAll } from "../../test/artifacts.ts"
import { createTestAuthority, type TestAuthority } from "../../test/authority.ts"
import { cuttingProxy } from "../../test/cutting-proxy.ts"
import {
  dockerRegistry,
  goRegistry,
  login,
  type RealRegistryOptions,
  type RegistryKind,
} from "../../test/real-registries.ts"
import { targetStory } from "../../test/target-story.ts"
import { tempFolder } from "../../test/temp-folder.ts"
import { type CopyEvent, copy } from "../content/copy.ts"
import type { Target } from "../content/target.ts"
import { passwordCredential } from "../credentials/credential.ts"
import { createLayout } from "../layout/layout.ts"
import { createRegistryClient } from "./client.ts"

const failure = (name: string) => expect.objectContaining({ code: name })
const kinds: readonly RegistryKind[] = [goRegistry(), dockerRegistry()]
const credentials = async () => passwordCredential(login.user, login.password)
let authority: TestAuthority
beforeAll(async () => {
  authority = await createTestAuthority()
})

/** Without the list of referrers, which is a tag where the registry keeps none. */
function withoutReferrersTags(target: Target): Target {
  return { ...target, tags: async () => (await target.tags()).filter((tag) => !tag.startsWith("sha256-")) }
}

/** An index over two manifests with a signature, 5 MB in all. */
function artifact() {
  const [large, small] = [content(noise(4_000_000)), content(noise(1_000_000, 2))]
  const [one, two] = [manifest([large]), manifest([large, small])]
  const both = index([one.descriptor, two.descriptor])
  const signature = manifest([content("signed")], { artifactType: "x/signature", subject: both.descriptor })
  return { all: [emptyConfig, content("signed"), large, small, one, two, both, signature], both, large, signature }
}

describe.each(kinds)("$name", (kind) => {
  const skipped = kind.reason === undefined ? "" : ` (${kind.reason})`

  describe.skipIf(kind.reason !== undefined)(`as a target${skipped}`, () => {
    it.each<[string, boolean, RealRegistryOptions]>([
      ["plainly", false, {}],
      ["with TLS of an own authority and a password", true, { auth: "basic" }],
      ["with TLS of an own authority and tokens", true, { auth: "token" }],
      ["with tokens that are always about to end", false, { auth: "token", tokenSeconds: 5 }],
    ])("does what a target does, %s", async (_name, hasTls, options) => {
      const identity = hasTls ? { identity: authority.localhost } : {}
      await using registry = await kind.start({ ...options, ...identity })
      const hosts = hasTls ? { hosts: { [registry.host]: { caCertificate: authority.caCertificate } } } : {}
      using client = createRegistryClient({ ...hosts, credentials })
      const target = client.repository({ registry: registry.host, repository: "a/b" })
      const isDocker = kind.name === "docker-registry"
      const limits = { cannotUntag: isDocker, keepsTags: !isDocker }
      await targetStory(withoutReferrersTags(target), limits)
      using stranger = createRegistryClient(hosts)
      const tags = stranger.repository({ registry: registry.host, repository: "a/b" }).tags()
      if (options.auth === undefined) await tags
      else await expect(tags).rejects.toThrow(failure("ATT_OCI_UNAUTHORIZED"))
    })

    it("takes blobs in chunks", async () => {
      await using registry = await kind.start()
      using client = createRegistryClient({ chunkBytes: 300_000 })
      const target = client.repository({ registry: registry.host, repository: "a" })
      const { large } = artifact()
      expect(await target.push(large.descriptor, large.bytes)).toBe("pushed")
      const hash = createHash("sha256")
      for await (const chunk of await target.fetch(large.descriptor)) hash.update(chunk)
      expect(`sha256:${hash.digest("hex")}`).toBe(large.descriptor.digest)
    })

    it("is copied to from a layout, within itself by mounting, and back, with referrers", async () => {
      await using registry = await kind.start({ auth: "token" })
      using client = createRegistryClient({ credentials })
      const repository = (name: string) => client.repository({ registry: registry.host, repository: name })
      const { all, both, signature } = artifact()
      const layout = createLayout(tempFolder())
      await pushAll(layout, all)
      const sent = await copy(layout, repository("a"), both.descriptor, { tag: "v1", referrers: true })
      expect(sent.counts).toEqual({ existed: 0, mounted: 0, pushed: 8 })
      const moved = await copy(repository("a"), repository("b/c"), both.descriptor, { tag: "v1", referrers: true })
      // One of the two keeps blobs for all repositories together, so they are there before they are mounted.
      expect(moved.counts.pushed).toBe(4)
      expect(moved.counts.mounted + moved.counts.existed).toBe(4)
      if (kind.name === "docker-registry") expect(moved.counts.mounted).toBe(4)
      const back = createLayout(tempFolder())
      await copy(repository("b/c"), back, await repository("b/c").resolve("v1"), { tag: "v1", referrers: true })
      expect(await back.exists(both.descriptor)).toBe(true)
      for (const target of [repository("a"), repository("b/c"), back]) {
        const found = await target.referrers(both.descriptor, "x/signature")
        expect(found.map(({ digest }) => digest)).toEqual([signature.descriptor.digest])
      }
    })

    it.each<[string, RealRegistryOptions & { readonly chunkBytes?: number; readonly megabytes: number }]>([
      ["whole", { megabytes: 4 }],
      ["in chunks", { megabytes: 4, chunkBytes: 700_000 }],
      ["of many megabytes, with TLS and tokens", { megabytes: 24, auth: "token" }],
    ])("goes on with transfers that were cut, both ways: %s", async (_name, { megabytes, chunkBytes, auth }) => {
      const secured = auth === undefined ? {} : { auth, identity: authority.localhost }
      await using registry = await kind.start(secured)
      await using way = await cuttingProxy(registry.host)
      const host = auth === undefined ? {} : { caCertificate: authority.caCertificate }
      using client = createRegistryClient({
        retry: { pauseMs: 1, attempts: 8 },
        hosts: { [way.host]: host },
        credentials,
        ...(chunkBytes === undefined ? {} : { chunkBytes }),
      })
      const target = client.repository({ registry: way.host, repository: "a" })
      const large = content(noise(megabytes * 1_000_000))
      way.cutNext(3, "up", megabytes * 375_000)
      let taken = 0
      const onBytes = (count: number): void => {
        taken += count
      }
      const source = async (offset: number) => bytesOf(large.bytes.subarray(offset))
      expect(await target.push(large.descriptor, source, { onBytes })).toBe("pushed")
      expect(taken).toBe(large.bytes.length)
      expect(way.cuts).toBeGreaterThan(0)
      const before = way.cuts
      way.cutNext(3, "down", megabytes * 375_000)
      const parts: Uint8Array[] = []
      for await (const chunk of await target.fetch(large.descriptor)) parts.push(chunk)
      expect(Buffer.concat(parts).equals(large.bytes)).toBe(true)
      // Each part begins where the one before ended; the last one is too short to be cut.
      expect(way.cuts - before).toBe(2)
    })

    it("goes on with a pull that was aborted, from what had come", async () => {
      await using registry = await kind.start()
      using client = createRegistryClient()
      const target = client.repository({ registry: registry.host, repository: "a" })
      const { all, both, large } = artifact()
      await pushAll(target, all)
      const directory = tempFolder()
      const stop = new AbortController()
      const onEvent = ({ kind: what, bytes, descriptor }: CopyEvent): void => {
        const isHalf = what === "bytes" && descriptor.digest === large.descriptor.digest && bytes > 2_000_000
        if (isHalf) stop.abort(new Error("enough"))
      }
      const pulled = copy(target, createLayout(directory), both.descriptor, { onEvent, signal: stop.signal })
      await expect(pulled).rejects.toThrow("enough")
      const offsets: number[] = []
      const noting: Target = {
        ...target,
        fetch: (descriptor, options) => {
          if (descriptor.digest === large.descriptor.digest) offsets.push(options?.offset ?? 0)
          return target.fetch(descriptor, options)
        },
      }
      await copy(noting, createLayout(directory), both.descriptor, { tag: "v1" })
      expect(offsets).toHaveLength(1)
      expect(offsets[0]).toBeGreaterThan(1_900_000)
      expect(await createLayout(directory).exists(both.descriptor)).toBe(true)
    })
  })
})

async function* bytesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}
