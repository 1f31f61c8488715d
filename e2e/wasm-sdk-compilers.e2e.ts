// The SDK under every line of compilers that it is made for: compiled by each, run in the host and on a real Envoy.
import { spawnSync } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { envoy, host } from "@attache/testing"
import { inspectModule } from "@attache/wasm-host"
import { compileAssemblyScript } from "@attache/wasm-sdk/build"
import { afterAll, describe, expect, it } from "vitest"
import { guestTools } from "./guest-tools.ts"

const tools = guestTools()
const examples = join(import.meta.dirname, "..", "examples", "wasm")
// Beside the compilers, for the entry's folder decides which one is found.
const copies = join(tools.folder ?? examples, `guests-${process.pid}`)
afterAll(() => rmSync(copies, { recursive: true, force: true }))

function copyOf(example: string): string {
  mkdirSync(copies, { recursive: true })
  const copy = join(copies, example)
  cpSync(join(examples, example, "assembly"), copy, { recursive: true })
  return join(copy, "index.ts")
}

/** An entry that uses all of the SDK: every example, and the guests of its own tests that compile, in one module. */
function entryOfAll(): string {
  const names = readdirSync(examples).filter((name) => existsSync(join(examples, name, "assembly")))
  const guests = join(copies, "guests")
  cpSync(join(import.meta.dirname, "..", "packages", "wasm-sdk", "testdata", "assembly"), guests, { recursive: true })
  const files = readdirSync(guests).filter((name) => name !== "broken.ts" && name !== "date-now.ts")
  for (const name of names) copyOf(name)
  const imports = [...names.map((name) => `./${name}/index`), ...files.map((name) => `./guests/${name.slice(0, -3)}`)]
  const entry = join(copies, "all.ts")
  writeFileSync(entry, imports.map((path) => `import "${path}"\n`).join(""))
  return entry
}

describe.skipIf(tools.folder === undefined)(`the SDK${"reason" in tools ? ` (${tools.reason})` : ""}`, () => {
  it.each([
    ["0.26", "assemblyscript-0.26"],
    ["0.27", "assemblyscript-0.27"],
    ["0.28", "assemblyscript"],
  ])("works with AssemblyScript %s", async (_line, compiler) => {
    const header = await compileAssemblyScript(copyOf("header"), { compiler })
    const authentication = await compileAssemblyScript(copyOf("auth-callout"), { compiler })
    expect(header.length).toBeLessThan(30 * 1024)
    const all = await compileAssemblyScript(entryOfAll(), { compiler })
    expect(inspectModule(all).load).toMatchObject({ isLikely: true })
    for (const { start } of [host, envoy]) {
      const auth = () => ({ headers: { "x-user": "ann" } })
      const configuration = { cluster: "auth" }
      await using proxy = await start({
        plugin: [
          { module: header, rootId: "header" },
          { module: authentication, rootId: "auth", configuration },
        ],
        clusters: { upstream: () => ({ body: "hello" }), auth },
      })
      const exchange = await proxy.send({ headers: { authorization: "Bearer a" } })
      expect([exchange.status, exchange.body, exchange.header("x-frame-options")]).toEqual([200, "hello", "DENY"])
      expect([exchange.upstream?.header("x-user"), exchange.upstream?.header("x-gateway")]).toEqual(["ann", "attache"])
    }
  })
})

describe("asc", () => {
  it("alone, with one line of configuration, makes the same module", async () => {
    const example = join(examples, "header")
    const asc = join(import.meta.dirname, "..", "node_modules", "assemblyscript", "bin", "asc.js")
    const folder = mkdtempSync(join(tmpdir(), "attache-asc-"))
    try {
      const out = join(folder, "header.wasm")
      const made = spawnSync(process.execPath, [asc, "assembly/index.ts", "-o", out], {
        cwd: example,
        encoding: "utf8",
      })
      expect([made.status, made.stderr.replace("Last converge was suboptimal.\n", "")]).toEqual([0, ""])
      // Names of files lie in the module, for messages of aborts.
      const ours = await compileAssemblyScript(join(example, "assembly", "index.ts"))
      expect(Math.abs(readFileSync(out).length - ours.length)).toBeLessThan(256)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
