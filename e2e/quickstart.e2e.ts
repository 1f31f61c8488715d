// What a newcomer does: `npm start`, look, change the Lua script, look again.
import { spawn } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePorts } from "@attache/envoy"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const root = join(import.meta.dirname, "..")
const folder = mkdtempSync(join(tmpdir(), "attache-quickstart-"))
const gatewayFile = join(folder, "gateway.yaml")
const extensionsFile = join(folder, "extensions.yaml")
let gatewayPort = 0
let backendPort = 0

beforeAll(async () => {
  cpSync(join(root, "examples", "quickstart"), folder, { recursive: true, filter: (path) => !/\.ts$|dist/.test(path) })
  const ports = await freePorts(2)
  gatewayPort = ports[0] ?? 0
  backendPort = ports[1] ?? 0
  replace(gatewayFile, [
    ["port: 8080", `port: ${gatewayPort}`],
    ["port: 8081", `port: ${backendPort}`],
    ["/tmp/attache-quickstart.sock", join(folder, "processor.sock")],
  ])
  replace(extensionsFile, [["127.0.0.1:8081", `127.0.0.1:${backendPort}`]])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function replace(file: string, changes: readonly (readonly [string, string])[]): void {
  let text = readFileSync(file, "utf8")
  for (const [from, to] of changes) {
    expect(text).toContain(from)
    text = text.replace(from, to)
  }
  writeFileSync(file, text)
}

/** Runs the quickstart; `whileRunning` gets what it said up to the offer to change the script, and may end it. */
async function quickstart(args: readonly string[], whileRunning?: (said: string) => Promise<void>) {
  const child = spawn(process.execPath, [join(root, "scripts", "quickstart.ts"), ...args, folder], {
    cwd: root,
    env: { ...process.env, NO_COLOR: "1", ATTACHE_STATE_DIR: join(folder, "state") },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let said = ""
  const offered = Promise.withResolvers<void>()
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8")
      if (said.includes("curl -i")) offered.resolve()
    })
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve))
  if (whileRunning !== undefined) {
    await Promise.race([offered.promise, ended])
    await whileRunning(said).finally(() => child.kill("SIGINT"))
  }
  return { code: await ended, said }
}

async function headersOf(path: string): Promise<Headers> {
  const response = await fetch(`http://127.0.0.1:${gatewayPort}${path}`, { headers: { connection: "close" } })
  await response.arrayBuffer()
  return response.headers
}

describe("npm start", () => {
  it("shows what each extension did, and ends well", async () => {
    const { code, said } = await quickstart(["--once"])
    expect(said).toMatch(/Lua +response \+ x-lua-response: goodbye from Lua/)
    expect(said).toMatch(/Wasm +request +\+ x-wasm-request: hello from Wasm/)
    expect(said).toMatch(/ext_proc +response \+ x-ext-proc-response: goodbye from ext_proc/)
    expect(said).toContain("/plain  200, nothing attached")
    expect(code).toBe(0)
  })

  it("says what the README shows", async () => {
    const readme = readFileSync(join(root, "README.md"), "utf8")
    const block = /```console\n\$ npm start\n([^`]*)```/.exec(readme)?.[1] ?? ""
    // The same but for times, and for what this test gives to be alone on the machine.
    const plain = (text: string): string =>
      text
        .replaceAll(`${folder}/processor.sock`, "/tmp/attache-quickstart.sock")
        .replaceAll(`${folder}/`, "examples/quickstart/")
        .replaceAll(`:${gatewayPort}`, ":8080")
        .replaceAll(`:${backendPort}`, ":8081")
        .replace(/, (unchanged|compiled in .*)/, "")
        .replaceAll(/\b\d+ ms/g, "N ms")
    const { said } = await quickstart([], async () => {})
    // Envoy writes its access log beside us.
    const lines = (text: string) => plain(text).trimEnd().split("\n").sort()
    expect(lines(said)).toEqual(lines(block))
  })

  it("stays, and shows a changed Lua script in the next request", async () => {
    const { code } = await quickstart([], async () => {
      expect((await headersOf("/hello")).get("x-lua-response")).toBe("goodbye from Lua")
      replace(extensionsFile, [["goodbye from Lua", "changed while running"]])
      await expect
        .poll(async () => (await headersOf("/hello")).get("x-lua-response"), { timeout: 10_000, interval: 20 })
        .toBe("changed while running")
      expect((await headersOf("/plain")).get("x-lua-response")).toBeNull()
    })
    expect(code).toBe(0)
  })

  it.each([
    ["backend", () => backendPort],
    ["gateway", () => gatewayPort],
  ])("says which port is in use, by whom, with the cure: that of the %s", async (_of, portOf) => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(portOf(), "127.0.0.1", resolve))
    const { code, said } = await quickstart(["--once"])
    other.close()
    expect(said).toMatch(
      new RegExp(`error: 127.0.0.1:${portOf()} \\(.*\\) is in use by .* \\(process ${process.pid}\\)\n`),
    )
    expect(said).toContain(`end that process, or write another port into ${gatewayFile}`)
    expect(said).not.toContain("ready in")
    expect(code).toBe(4)
  })

  it("ends with exit code 1 and the reason when an extension was not seen", async () => {
    replace(extensionsFile, [['replace("x-lua-re', 'get("x-lua-re']])
    replace(extensionsFile, [['replace("x-lua-re', 'get("x-lua-re']])
    const { code, said } = await quickstart(["--once"])
    expect(said).toMatch(/Lua +changed nothing/)
    expect(said).toMatch(/Wasm +response \+ /)
    expect(code).toBe(1)
  })

  it("names the listener that Envoy refused, and why", async () => {
    replace(extensionsFile, [["rootID: hello", "rootID: other"]])
    const { code, said } = await quickstart(["--once"])
    expect(said).toMatch(/refused +default\/web\/http: .*Unable to create Wasm plugin hello/)
    expect(said).not.toContain("listening default/web/http")
    expect(code).toBe(1)
  })
})
