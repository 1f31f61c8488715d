// Packages of other programs through the command, and the command's through them.
import { execFileSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import {
  cosign,
  dockerRegistry,
  findOciTools,
  findProgram,
  goRegistry,
  type RegistryKind,
  run,
  runCosign,
} from "@attache/oci/testing"
import { beforeAll, describe, expect, it } from "vitest"
import { buildCommand, createDesk, type Desk, wasmModule } from "./package-tools.ts"

beforeAll(buildCommand)

const tools = findOciTools()
const skopeo = findProgram("skopeo")
const kinds: readonly RegistryKind[] = [goRegistry(), dockerRegistry()]
const module = Buffer.from(wasmModule("x".repeat(10_000)))
const contentType = "application/vnd.module.wasm.content.layer.v1+wasm"
const insecure = (side: "src" | "dest") => `--${side}-tls-verify=false`

const program = (name: string) => join(tools.folder ?? "", name)
const because = (reason: string | undefined): string => (reason === undefined ? "" : ` (${reason})`)

/** A writer of a module to a reference. */
interface Writer {
  readonly name: string
  readonly missing: string | undefined
  readonly write: (desk: Desk, file: string, reference: string) => Promise<unknown>
  /** End of the media type of its layer. */
  readonly layer: string
}

/** An archive with the module, as `COPY` would put it there. */
function archiveOf({ folder }: Desk): string {
  mkdirSync(join(folder, "layer"), { recursive: true })
  writeFileSync(join(folder, "layer", "plugin.wasm"), module)
  execFileSync("tar", ["-czf", join(folder, "layer.tar.gz"), "-C", join(folder, "layer"), "plugin.wasm"])
  return join(folder, "layer.tar.gz")
}

/** What skopeo makes of our image, which it puts into a folder without its compression first. */
const converted =
  (...flags: readonly string[]): Writer["write"] =>
  async ({ attache, folder }, file, reference) => {
    // Not in the same registry: it would take the layer from there as it is.
    await attache("push", file, "oci-layout:first:1")
    const middle = `dir:${join(folder, "middle")}`
    await run(skopeo ?? "", ["copy", "--dest-decompress", `oci:${join(folder, "first")}:1`, middle])
    await run(skopeo ?? "", ["copy", insecure("dest"), ...flags, middle, `docker://${reference}`])
  }

const withoutSkopeo = skopeo === undefined ? "skopeo is not installed" : undefined
const withoutCosign = cosign === undefined ? "cosign 3.1 is not installed" : undefined
const append = (reference: string, archive: string, ...flags: readonly string[]) =>
  run(program("crane"), ["append", "-f", archive, "-t", reference, ...flags])

const writers: readonly Writer[] = [
  {
    name: "crane, in Docker's media types",
    layer: "diff.tar.gzip",
    missing: tools.reason,
    write: (desk, _file, reference) => append(reference, archiveOf(desk)),
  },
  {
    name: "crane, in OCI's media types",
    layer: "v1.tar+gzip",
    missing: tools.reason,
    write: (desk, _file, reference) => append(reference, archiveOf(desk), "--oci-empty-base"),
  },
  {
    name: "ORAS, a module",
    layer: "content.layer.v1+wasm",
    missing: tools.reason,
    write: (_desk, file, reference) => run(program("oras"), ["push", reference, "a/b", contentType, file]),
  },
  {
    name: "ORAS, as CNCF has it",
    layer: "application/wasm",
    missing: tools.reason,
    write: (_desk, file, reference) => run(program("oras"), ["push", reference, "a/b", "application/wasm", file]),
  },
  {
    name: "cosign",
    layer: "application/vnd.wasm.content.layer.v1+wasm",
    missing: withoutCosign,
    write: (_desk, file, reference) => runCosign(["upload", "wasm", "--allow-http-registry", "-f", file, reference]),
  },
  {
    name: "skopeo, to Docker's form",
    layer: "diff.tar.gzip",
    missing: withoutSkopeo,
    write: converted("--format", "v2s2"),
  },
  {
    name: "skopeo, to zstd",
    layer: "v1.tar+zstd",
    missing: withoutSkopeo,
    write: converted("--dest-compress-format", "zstd"),
  },
]

/** A part of what is shown. */
interface Inspected {
  readonly tree: { readonly layers: readonly { readonly mediaType: string }[] }
}

describe.each(kinds)("$name", (kind) => {
  for (const { name, missing, write, layer } of writers) {
    const reason = kind.reason ?? missing
    it.skipIf(reason !== undefined)(`${name}${because(reason)}: we pull what it writes`, async () => {
      await using registry = await kind.start()
      const desk = createDesk()
      const reference = `${registry.host}/team/filter:1.0.0`
      await write(desk, desk.write("filter.wasm", module), reference)
      const { status, stderr } = await desk.attache("pull", reference, "--path", "out")
      expect(status, stderr).toBe(0)
      expect(readFileSync(join(desk.folder, "out", "plugin.wasm")).equals(module)).toBe(true)
      const { tree } = (await desk.json("inspect", reference)).data as Inspected
      expect(tree.layers.at(-1)?.mediaType).toMatch(new RegExp(`${layer.replace("+", "\\+")}$`))
    })
  }

  const formats = ["image", "docker-image", "wasm-artifact", "boe-artifact"]
  const reason = kind.reason ?? tools.reason ?? withoutSkopeo

  it.skipIf(reason !== undefined).each(formats)(
    `crane, ORAS and skopeo take our %s${because(reason)}`,
    async (format) => {
      await using registry = await kind.start()
      const desk = createDesk()
      const reference = `${registry.host}/team/filter:1.0.0`
      const pushed = await desk.json("push", desk.write("filter.wasm", module), reference, "--format", format)
      const { digest } = (pushed.data as { data: { digest: string } }).data
      expect(await run(program("crane"), ["validate", "--remote", reference, "--fast"])).toContain("PASS")
      expect(await run(program("crane"), ["digest", reference])).toBe(digest)
      if (format.endsWith("image")) {
        await run(program("crane"), ["export", reference, join(desk.folder, "all.tar")])
        const content = execFileSync("tar", ["-xOf", join(desk.folder, "all.tar"), "plugin.wasm"])
        expect(content.equals(module)).toBe(true)
      }
      expect(await run(program("oras"), ["pull", reference, join(desk.folder, "oras")])).toBe(digest)
      await run(skopeo ?? "", ["copy", insecure("src"), `docker://${reference}`, `dir:${join(desk.folder, "s")}`])
      expect((await desk.attache("pull", "oci-layout:oras:1.0.0", "--path", "back")).status).toBe(0)
      expect(readFileSync(join(desk.folder, "back", "plugin.wasm")).equals(module)).toBe(true)
    },
  )
})
