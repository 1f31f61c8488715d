import { spawn } from "node:child_process"
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, it, vi } from "vitest"

// A checkout of its own with a fake npm, so that nothing is downloaded.
const checkouts: string[] = []
// Each test starts several processes.
vi.setConfig({ testTimeout: 60_000 })

const platform = `${process.platform}-${process.arch}`

afterEach(() => {
  for (const root of checkouts.splice(0)) rmSync(root, { recursive: true, force: true })
})

interface Checkout {
  readonly root: string
  readonly path: (...parts: string[]) => string
  /** How often the fake npm ran. */
  readonly installs: () => number
}

/** @param npm body of the fake npm; it runs in the checkout */
function checkout(npm = "", engine = ">=22.22.2"): Checkout {
  const root = mkdtempSync(join(tmpdir(), "attache-install-"))
  checkouts.push(root)
  const path = (...parts: string[]): string => join(root, ...parts)
  mkdirSync(path("scripts"))
  copyFileSync(join(import.meta.dirname, "ensure-install.mjs"), path("scripts", "ensure-install.mjs"))
  const note = (name: string) => `import { appendFileSync } from "node:fs"\nappendFileSync("${name}.log", "x")\n`
  writeFileSync(path("scripts", "build.ts"), note("build"))
  writeFileSync(path("scripts", "ensure-envoy.ts"), note("envoy"))
  writeFileSync(path("package.json"), JSON.stringify({ type: "module", engines: { node: engine } }))
  writeFileSync(path("package-lock.json"), JSON.stringify({ packages: { [`node_modules/node-${platform}`]: {} } }))
  writeFileSync(
    path("npm.mjs"),
    `${note("npm")}import { mkdirSync } from "node:fs"\nmkdirSync("node_modules", { recursive: true })\n${npm}`,
  )
  const count = (name: string): number => (existsSync(path(name)) ? readFileSync(path(name), "utf8").length : 0)
  return { root, path, installs: () => count("npm.log") }
}

interface Ended {
  readonly code: number | null
  readonly text: string
}

function run({ root, path }: Checkout, environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const npm = { npm_node_execpath: process.execPath, npm_execpath: path("npm.mjs") }
  const child = spawn(process.execPath, [path("scripts", "ensure-install.mjs")], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...npm, ...environment },
  })
  let text = ""
  child.stdout.on("data", (data) => (text += String(data)))
  child.stderr.on("data", (data) => (text += String(data)))
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, text })))
}

describe("ensure-install", () => {
  it("installs once, builds and looks for Envoy, and drops its lock", async () => {
    const each = checkout()
    const first = await run(each)
    expect(first).toEqual({
      code: 0,
      text: expect.stringMatching(/^attache: installing packages .*\nattache: installed packages in \d+\.\d s\n$/),
    })
    expect(await run(each)).toEqual({ code: 0, text: "" })
    expect(each.installs()).toBe(1)
    expect([readFileSync(each.path("build.log"), "utf8"), readFileSync(each.path("envoy.log"), "utf8")]).toEqual([
      "xx",
      "xx",
    ])
    expect(existsSync(each.path(".install-lock"))).toBe(false)
  })

  it("installs again when the lock file changed", async () => {
    const each = checkout()
    await run(each)
    writeFileSync(
      each.path("package-lock.json"),
      JSON.stringify({ packages: { [`node_modules/node-${platform}`]: {}, a: {} } }),
    )
    await run(each)
    expect(each.installs()).toBe(2)
  })

  it("lets several at once wait for one installation", async () => {
    const each = checkout()
    const ended = await Promise.all([run(each), run(each), run(each)])
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(each.installs()).toBe(1)
  })

  it("takes over the lock of a process that is gone", async () => {
    const each = checkout()
    mkdirSync(each.path(".install-lock"))
    writeFileSync(each.path(".install-lock", "pid"), "999999999")
    expect((await run(each)).code).toBe(0)
    expect(each.installs()).toBe(1)
  })

  it.each<[string, number, string, string]>([
    [
      "no network",
      3,
      'console.error("npm error code ENOTFOUND"); process.exitCode = 1',
      "attache: error: the package registry could not be reached (ENOTFOUND); check the network and npm's registry",
    ],
    [
      "a full disk",
      1,
      'console.error("npm error code ENOSPC"); process.exitCode = 1',
      "attache: error: there is no room for the packages at ",
    ],
    [
      "a wrong hash",
      1,
      'console.error("npm error code EINTEGRITY"); process.exitCode = 1',
      "attache: error: a package is not the one the lock file names; run npm cache verify",
    ],
    [
      "another failure of npm",
      1,
      "process.exitCode = 7",
      "attache: error: npm install ended with 7; see its message above",
    ],
  ])("says in one line what to do about %s, and tries again next time", async (_name, attempts, npm, want) => {
    const each = checkout(npm)
    const { code, text } = await run(each)
    expect([code, text.trim().split("\n").at(-1)]).toEqual([4, expect.stringContaining(want)])
    expect([existsSync(each.path(".install-lock")), existsSync(each.path("build.log"))]).toEqual([false, false])
    await run(each)
    expect(each.installs()).toBe(2 * attempts)
  })

  it("says why there is no network in one line, without what npm says of it", async () => {
    const each = checkout(`console.error("npm ERR! code EAI_AGAIN")
console.error("npm ERR! request to https://r.example/a failed, reason: getaddrinfo EAI_AGAIN r.example")
process.exitCode = 1`)
    const { text } = await run(each)
    expect(text.split("\n").filter((line) => line !== "" && !line.endsWith("..."))).toEqual([
      expect.stringMatching(/^attache: error: .* \(getaddrinfo EAI_AGAIN r\.example\); check the network/),
    ])
  })

  it("takes another cache for npm where its own cannot be written, and removes it", async () => {
    const each = checkout(`writeFileSync("arguments.json", JSON.stringify(process.argv.slice(2)))`)
    const npm = readFileSync(each.path("npm.mjs"), "utf8")
    writeFileSync(each.path("npm.mjs"), npm.replace("mkdirSync }", "mkdirSync, writeFileSync }"))
    const { code, text } = await run(each, { npm_config_cache: each.path("package.json", "cache") })
    const given = JSON.parse(readFileSync(each.path("arguments.json"), "utf8")) as readonly string[]
    const used = given[given.indexOf("--cache") + 1] ?? ""
    expect([code, text]).toEqual([0, expect.stringContaining(`cannot be written, using ${used} meanwhile`)])
    expect(existsSync(used)).toBe(false)
  })

  it("installs a second time on the pinned Node, since npm leaves out what refuses an old one", async () => {
    const bin = `node_modules/node-${platform}/bin`
    const each = checkout(
      `import { appendFileSync as append, rmSync, writeFileSync } from "node:fs"
// As npm 10 does.
rmSync("node_modules/.bin/node", { force: true })
append("nodes.log", process.env.PINNED === "1" ? "pinned\\n" : "machine\\n")
mkdirSync("${bin}", { recursive: true })
writeFileSync("${bin}/node", \`#!/bin/sh
[ "$1" = --version ] && echo v999.1.0 || PINNED=1 exec \${process.execPath} "$@"
\`, { mode: 0o755 })`,
      ">=999.0.0",
    )
    expect((await run(each)).code).toBe(0)
    expect(readFileSync(each.path("nodes.log"), "utf8")).toBe("machine\npinned\n")
    expect(existsSync(each.path("node_modules", ".bin", "node"))).toBe(true)
  })

  it("installs on the second attempt when the network comes back", async () => {
    const each = checkout(`import { readFileSync } from "node:fs"
if (readFileSync("npm.log", "utf8").length === 1) { console.error("ECONNRESET"); process.exitCode = 1 }`)
    const { code, text } = await run(each)
    expect([code, each.installs(), text]).toEqual([0, 2, expect.stringContaining("trying again (2 of 3)")])
  })

  it("says that npm is missing", async () => {
    const { code, text } = await run(checkout(), { npm_node_execpath: "", npm_execpath: "", PATH: "/nonexistent" })
    expect([code, text]).toEqual([4, expect.stringContaining("npm was not found; install Node")])
  })

  it("refuses an old Node before it downloads, where none is pinned", async () => {
    const each = checkout("", ">=999.0.0")
    writeFileSync(each.path("package-lock.json"), JSON.stringify({ packages: {} }))
    const { code, text } = await run(each)
    expect([code, each.installs()]).toEqual([4, 0])
    expect(text).toMatch(
      /error: Node 999\.0\.0 or newer is needed, this is v[\d.]+, and none is pinned for \S+; install a newer/,
    )
  })

  it("links the pinned Node where npm did not", async () => {
    const bin = `node_modules/node-${platform}/bin`
    const each = checkout(`import { symlinkSync } from "node:fs"
mkdirSync("${bin}", { recursive: true })
symlinkSync(process.execPath, "${bin}/node")`)
    expect((await run(each)).code).toBe(0)
    expect(existsSync(each.path("node_modules", ".bin", "node"))).toBe(true)
  })

  it("takes away a pinned Node that cannot run here, if the machine's own is new enough", async () => {
    const each = checkout()
    mkdirSync(each.path("node_modules", ".bin"), { recursive: true })
    symlinkSync("/bin/false", each.path("node_modules", ".bin", "node"))
    expect((await run(each)).code).toBe(0)
    expect(existsSync(each.path("node_modules", ".bin", "node"))).toBe(false)
  })

  it("says what to do about a checkout that cannot be written", async () => {
    const each = checkout()
    // A file in place of the parent directory fails for every user, root included.
    const script = readFileSync(each.path("scripts", "ensure-install.mjs"), "utf8")
    writeFileSync(
      each.path("scripts", "ensure-install.mjs"),
      script.replace('".install-lock"', '"package.json", "lock"'),
    )
    const { code, text } = await run(each)
    expect([code, text]).toEqual([
      4,
      expect.stringMatching(/packages are not installed and .* cannot be written \(ENOTDIR\); copy/),
    ])
  })

  it("ends when the command cannot be built", async () => {
    const each = checkout()
    writeFileSync(each.path("scripts", "build.ts"), "process.exitCode = 1")
    expect(await run(each)).toEqual({ code: 1, text: expect.stringContaining("error: the command could not be built") })
  })

  it.each([
    ["prestart", 4],
    ["pretest", 0],
  ])("without Envoy, in %s, ends with %d and leaves the words to who looked for it", async (event, want) => {
    const each = checkout()
    await run(each)
    writeFileSync(each.path("scripts", "ensure-envoy.ts"), 'console.error("there is none"); process.exitCode = 4')
    expect(await run(each, { npm_lifecycle_event: event })).toEqual({ code: want, text: "there is none\n" })
  })

  it("looks for no Envoy before the checks", async () => {
    const each = checkout()
    expect((await run(each, { npm_lifecycle_event: "precheck" })).code).toBe(0)
    expect(existsSync(each.path("envoy.log"))).toBe(false)
  })
})
