// Makes `testdata/keyless-image.json` and `keyless-root.json` anew: run it with Node. cosign verifies them (cosign.e2e.ts).
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { packBytes } from "../src/archive/pack-file.ts"
import { writeExtension } from "../src/formats/write-extension.ts"
import { createFakeSigstore } from "./fake-sigstore.ts"
import { attachBundle, attachClassic } from "./keyless-signatures.ts"
import { smallestWasm } from "./layout-fixtures.ts"
import { createMemoryTarget } from "./memory-target.ts"
import { signatureVectors } from "./signature-vectors.ts"

const sigstore = createFakeSigstore()
const target = createMemoryTarget()
const files = [packBytes("plugin.wasm", smallestWasm)]
const image = await writeExtension(target, { kind: "wasm", name: "w", version: "1.2.3", files })
const at = new Date("2026-03-01T12:00:00Z")
const signer = { subject: "dev@acme.example", issuer: "https://accounts.acme.example", at }
await attachBundle(target, image, sigstore, signer)
await attachClassic(target, image, sigstore, signer)

const entries = await Promise.all(
  [...target.blobs].map(async ([digest, bytes]) => {
    const { mediaType } = await target.resolve(digest).catch(() => ({ mediaType: "application/octet-stream" }))
    return [digest, { mediaType, content: Buffer.from(bytes).toString("base64") }] as const
  }),
)
const tags = await target.tags()
const named = await Promise.all(tags.map(async (tag) => [tag, (await target.resolve(tag)).digest] as const))
const recorded = { image: image.digest, tags: Object.fromEntries(named), blobs: Object.fromEntries(entries) }
writeFileSync(join(signatureVectors, "keyless-image.json"), `${JSON.stringify(recorded, undefined, 2)}\n`)
writeFileSync(
  join(signatureVectors, "keyless-root.json"),
  `${JSON.stringify(JSON.parse(sigstore.trustRoot.toString()), undefined, 2)}\n`,
)
