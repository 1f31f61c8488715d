// The examples as their READMEs run them: compiled, served, attached by gateway.yaml, asked.
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePorts } from "@attache/envoy"
import { afterEach, describe, expect, it } from "vitest"

const examples = join(import.meta.dirname, "..", "examples", "wasm")
let stop = async (): Promise<void> => {}
afterEach(() => stop())

/** Starts an example on ports of its own and gives its address. */
async function start(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "attache-example-"))
  const [gateway = 0, backend = 0] = await freePorts(2)
  const text = await readFile(join(examples, name, "gateway.yaml"), "utf8")
  await writeFile(join(folder, "gateway.yaml"), text.replaceAll("8080", `${gateway}`).replaceAll("8081", `${backend}`))
  const child = spawn(process.execPath, [join(examples, "start.ts"), name, folder], {
    env: { ...process.env, NO_COLOR: "1", ATTACHE_STATE_DIR: join(folder, "state") },
    stdio: ["ignore", "ignore", "pipe"],
  })
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()))
  stop = async () => {
    child.kill("SIGINT")
    await ended
    await rm(folder, { recursive: true })
  }
  await ready(child)
  return `http://127.0.0.1:${gateway}`
}

async function ready(child: ChildProcess): Promise<void> {
  let said = ""
  await new Promise<void>((resolve, reject) => {
    child.on("close", () => reject(new Error(said)))
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes("curl -i")) resolve()
    })
  })
}

interface Wanted {
  readonly status?: number
  readonly client?: Readonly<Record<string, string>>
  readonly backend?: object
}

async function expectAnswer(url: string, init: RequestInit, { status = 200, client = {}, backend }: Wanted) {
  const response = await fetch(url, init)
  const body = await response.text()
  expect(response.status, body).toBe(status)
  expect(Object.fromEntries(response.headers)).toMatchObject(client)
  if (backend !== undefined) expect(JSON.parse(body)).toMatchObject(backend)
}

describe("an example of a Wasm filter", () => {
  it.each<[string, string, RequestInit, Wanted]>([
    ["header", "/", {}, { client: { "x-frame-options": "DENY" }, backend: { headers: { "x-gateway": "attache" } } }],
    [
      "body-rewrite",
      "/",
      { method: "POST", headers: { "content-type": "application/json" }, body: '{"card":"5500000000000004"}' },
      { backend: { body: '{"card":"************0004"}' } },
    ],
    ["auth-callout", "/", { headers: { authorization: "Bearer a" } }, { backend: { headers: { "x-user": "ann" } } }],
    ["metrics", "/", {}, {}],
    ["json-config", "/", {}, { client: { "x-cache": "none" }, backend: { headers: { "x-team": "web" } } }],
    ["route-by-cookie", "/a", { headers: { cookie: "beta=1" } }, { backend: { path: "/beta/a" } }],
  ])("%s runs behind its gateway", async (name, path, init, wanted) => {
    await expectAnswer((await start(name)) + path, init, wanted)
  })

  it("rate-limit refuses the sixth request of a minute", async () => {
    const url = await start("rate-limit")
    const statuses: number[] = []
    for (let i = 0; i < 11; i++) statuses.push((await fetch(url)).status)
    expect(new Set(statuses)).toEqual(new Set([200, 429]))
  })

  it("tick-refresh blocks once it has fetched its list", async () => {
    const url = await start("tick-refresh")
    const ask = async () => (await fetch(`${url}/blocked-page`)).status
    for (let tries = 0; (await ask()) !== 403 && tries < 500; tries++) await new Promise((r) => setTimeout(r, 20))
    expect(await ask()).toBe(403)
  })
})
