// Envoy Gateway's own code on what we write, and on what others write: its answers are what our tables say of it.
import { describe, expect, it } from "vitest"
import { bytesOf } from "../../test/byte-streams.ts"
import { fetchAsEnvoyGateway, withoutEnvoyGateway } from "../../test/envoy-gateway.ts"
import { foreignImages } from "../../test/foreign-images.ts"
import { smallestWasm } from "../../test/layout-fixtures.ts"
import { createMemoryTarget } from "../../test/memory-target.ts"
import { oddImages } from "../../test/odd-images.ts"
import { dockerRegistry, goRegistry } from "../../test/real-registries.ts"
import { serveTarget } from "../../test/serve-target.ts"
import { packBytes } from "../archive/pack-file.ts"
import { createRegistryClient } from "../registry/client.ts"
import { openModule } from "./open-module.ts"
import { readExtension } from "./read-extension.ts"
import { extensionFormats, writeExtension } from "./write-extension.ts"

if (withoutEnvoyGateway !== undefined) it("Envoy Gateway's fetcher", ({ skip }) => skip(withoutEnvoyGateway))
else
  describe("Envoy Gateway's fetcher", () => {
    it.each([...foreignImages, ...oddImages])(
      "$writer: takes what we take, or less",
      async ({ write, ...expected }) => {
        const target = createMemoryTarget()
        await using server = await serveTarget(target, write(target))
        const answer = await fetchAsEnvoyGateway(`127.0.0.1:${server.port}/a/b:1`)
        const isTaken = typeof answer !== "string"
        expect(isTaken, String(answer)).toBe(expected.isGateway ?? true)
        if (!isTaken) return
        using client = createRegistryClient()
        const ours = client.repository({ registry: `127.0.0.1:${server.port}`, repository: "a/b" })
        const extension = await readExtension(ours, await ours.resolve("1"))
        expect(answer).toEqual({ module: smallestWasm, digest: extension.manifest.digest })
        expect(await bytesOf((await openModule(ours, extension)).content)).toEqual(answer.module)
      },
    )

    for (const kind of [goRegistry(), dockerRegistry()]) {
      const skipped = kind.reason === undefined ? "" : ` (${kind.reason})`
      it.skipIf(kind.reason !== undefined).each(extensionFormats)(
        `reads our %s from ${kind.name}${skipped}, by tag and by digest`,
        async (format) => {
          await using registry = await kind.start()
          using client = createRegistryClient()
          const target = client.repository({ registry: registry.host, repository: "team/filter" })
          const files = [packBytes("plugin.wasm", smallestWasm)]
          const written = await writeExtension(target, { kind: "wasm", name: "w", version: "1.0.0", files }, { format })
          await target.tag(written, "1.0.0")
          for (const place of [":1.0.0", `@${written.digest}`]) {
            const answer = await fetchAsEnvoyGateway(`${registry.host}/team/filter${place}`)
            expect(answer).toEqual({ module: smallestWasm, digest: written.digest })
          }
        },
      )
    }
  })
