// The packages as npm installs them, below node_modules, where Node strips no types: the SDK's README, word for word, in an
// empty folder, and its filter through the command, in the host and on a real Envoy.
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { packPackages } from "../scripts/pack.ts"

const repository = join(import.meta.dirname, "..")
const readme = readFileSync(join(repository, "packages", "wasm-sdk", "README.md"), "utf8")
const [filter = "", build = ""] = [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, text]) => text)
const configuration = /`(\{ "extends": "@attache[^`]*\})`/.exec(readme)?.[1] ?? ""
const editorConfiguration = /`(\{ "extends": "assemblyscript[^`]*\})`/.exec(readme)?.[1] ?? ""
let project: string

function put(path: string, text: string): void {
  mkdirSync(join(project, dirname(path)), { recursive: true })
  writeFileSync(join(project, path), text)
}

function node(...parameters: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, parameters, { cwd: project, encoding: "utf8" })
  return { status, stdout, stderr: stderr.replace("Last converge was suboptimal.\n", "") }
}

/** Unpacks our packages below `node_modules`, and links those of others that lie in the repository's. */
function install(tarballs: readonly string[]): void {
  const modules = join(project, "node_modules")
  for (const tarball of tarballs) {
    const target = join(modules, "@attache", /^attache-(.*)-\d+\.\d+\.\d+\.tgz$/.exec(basename(tarball))?.[1] ?? "")
    mkdirSync(target, { recursive: true })
    expect(spawnSync("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"]).status).toBe(0)
  }
  for (const name of readdirSync(join(repository, "node_modules")))
    if (name !== "@attache" && !name.startsWith("."))
      symlinkSync(join(repository, "node_modules", name), join(modules, name))
}

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "attache-installed-"))
  const folders = ["base", "cli", "envoy", "envoy-api", "testing", "wasm-host", "wasm-sdk"]
  put("package.json", '{ "type": "module" }')
  install(packPackages(folders, join(project, "tarballs")))
  put("assembly/index.ts", filter)
})
afterAll(() => rmSync(project, { recursive: true, force: true }))

describe("the installed SDK", () => {
  it("compiles its README's filter as the README says", () => {
    put("build.mjs", build)
    expect(node("build.mjs")).toEqual({ status: 0, stdout: "", stderr: "" })
    put("asconfig.json", configuration)
    const asc = join(project, "node_modules", "assemblyscript", "bin", "asc.js")
    expect(node(asc, "assembly/index.ts", "-o", "build/asc.wasm")).toEqual({ status: 0, stdout: "", stderr: "" })
    const sizes = ["filter", "asc"].map((name) => readFileSync(join(project, "build", `${name}.wasm`)).length)
    expect(Math.abs((sizes[0] ?? 0) - (sizes[1] ?? 0))).toBeLessThan(256)
  })

  it("compiles by the installed command", () => {
    const command = join(project, "node_modules", "@attache", "cli", "bin", "attache.mjs")
    expect(node(command, "build", ".", "--out", "dist/hello.wasm")).toMatchObject({ status: 0 })
    const { stdout } = node(command, "wasm", "inspect", "dist/hello.wasm")
    expect(stdout).toContain("Envoy 1.40  loads it")
    expect(stdout).toMatch(/SDK +@attache\/wasm-sdk/)
  })

  it("is known to editors, with the line that the README gives", () => {
    put("assembly/tsconfig.json", editorConfiguration)
    put(
      "assembly/more.ts",
      'export { decodeBase64 } from "@attache/wasm-sdk/assembly/base64"\nexport const wrong: i32 = "1"\n',
    )
    put("assembly/json.ts", 'export { parseJson } from "@attache/wasm-sdk/assembly/json"\n')
    const tsc = join(repository, "node_modules", "typescript", "bin", "tsc")
    const { stdout } = node(tsc, "-p", "assembly", "--noEmit", "--pretty", "false")
    // The compiler's own declarations are older than this TypeScript.
    const findings = stdout.split("\n").filter((line) => line !== "" && !/^\S*\/assemblyscript\//.test(line))
    expect(findings).toEqual([expect.stringMatching(/^assembly\/more\.ts\(2,14\): /)])
    rmSync(join(project, "assembly", "more.ts"))
  })

  it.each(["host", "envoy"])("is tested in the %s by the installed testing package", (driver) => {
    const test = `
      import { readFileSync } from "node:fs"
      import { ${driver} } from "@attache/testing"
      const plugin = { module: readFileSync("build/filter.wasm"), rootId: "hello" }
      await using proxy = await ${driver}.start({ plugin })
      console.log((await proxy.send()).header("x-hello"))`
    put("test.mjs", test)
    expect(node("test.mjs")).toEqual({ status: 0, stdout: "from wasm\n", stderr: "" })
  })
})
