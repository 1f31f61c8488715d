// Where modules of policies may come from: what the command asks for, and what it never connects to.
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { addressesBeside } from "@attache/oci"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { attacheBeside } from "./attache-command.ts"
import { buildIfStale } from "./gateway-under-test.ts"
import { ownAddress } from "./own-address.ts"
import { backend, extensions, gateway, prefix, route, stream, to } from "./resources.ts"
import { startTagGuest, type TagGuest } from "./tags.ts"

const own = ownAddress()
const isPrivate = own !== undefined && !addressesBeside([]).allows(own, "")

/** Serves a module at `/x.wasm`, and at `/to?URL` sends on to a URL; remembers what it was asked for. */
async function startModules(host: string, module: Uint8Array) {
  const asked: string[] = []
  const server = createServer(({ url = "" }, response) => {
    asked.push(url)
    if (url.startsWith("/to?")) response.writeHead(302, { location: decodeURIComponent(url.slice(4)) }).end()
    else response.end(module)
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { asked, url: `http://${host}:${(server.address() as AddressInfo).port}` }
}

describe.skipIf(!isPrivate)("modules come from addresses", () => {
  let guest: TagGuest
  let module: Uint8Array
  beforeAll(async () => {
    buildIfStale()
    guest = await startTagGuest()
    module = new Uint8Array(await (await fetch(guest.url)).arrayBuffer())
  })
  afterAll(() => guest[Symbol.asyncDispose]())

  /** What `translate` makes of a policy with a module: whether Envoy would get one, and what the policy's status says. */
  async function translated(profile: string, allowed: readonly string[] | undefined, code: object) {
    const folder = await mkdtemp(join(tmpdir(), "attache-addresses-"))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const entry = { ...guest.entry("w"), code }
    const documents = [
      ...gateway({ http: 10080 }),
      backend("one", 9),
      route("wasm", [prefix("/wasm", { backendRefs: [to("one")] })]),
      extensions("wasm", { kind: "HTTPRoute", name: "wasm" }, { wasm: [entry] }),
    ]
    await writeFile(join(folder, "all.yaml"), stream(...documents))
    const config = { apiVersion: "attache.dev/v1alpha1", kind: "AddressPolicy", allowed }
    await writeFile(join(folder, "config.yaml"), stream(config))
    const parameters = ["-f", join(folder, "all.yaml"), "--profile", profile]
    const more = allowed === undefined ? [] : ["--config", join(folder, "config.yaml")]
    const ask = (...last: readonly string[]) =>
      attacheBeside(join(folder, "state"), "translate", ...parameters, ...more, ...last)
    const [status, xds] = await Promise.all([ask("--to", "status"), ask("--output", "json")])
    expect([status.code, xds.code], status.stderr + xds.stderr).toEqual([0, 0])
    return { hasModule: /[0-9a-f]{64}\.wasm/.test(xds.stdout), status: status.stdout }
  }

  it.each<readonly [profile: string, from: "loopback" | "private", allowed: string[] | undefined, isGiven: boolean]>([
    ["host", "loopback", undefined, true],
    ["host", "loopback", ["10.0.0.0/8"], true],
    ["host", "private", undefined, false],
    ["host", "private", [own ?? ""], true],
    ["kubernetes", "loopback", undefined, false],
    ["kubernetes", "loopback", ["127.0.0.0/8"], true],
    ["kubernetes", "private", undefined, false],
    ["kubernetes", "private", ["10.99.0.0/16"], false],
    ["kubernetes", "private", ["0.0.0.0/0"], true],
  ])("profile %s, %s ones, allowed are %j: %s", async (profile, from, allowed, isGiven) => {
    const { asked, url } = await startModules(from === "loopback" ? "127.0.0.1" : (own ?? ""), module)
    const http = { type: "HTTP", http: { url: `${url}/x.wasm` } }
    const { hasModule, status } = await translated(profile, allowed, http)
    expect([hasModule, asked.length > 0], status).toEqual([isGiven, isGiven])
    if (isGiven) return
    expect(status).toMatch(/may not be reached from here/)
    const image = { type: "Image", image: { url: `${new URL(url).host}/team/x:1` } }
    const refused = await translated(profile, allowed, image)
    expect([refused.hasModule, refused.status]).toEqual([false, expect.stringMatching(/may not be reached from here/)])
    expect(asked, "no registry is asked either").toEqual([])
  })

  it.each<readonly [name: string, allowed: string[] | undefined, place: (inside: string) => string]>([
    ["a private address", undefined, (inside) => `${inside}/x.wasm`],
    ["a metadata address, whatever is allowed", ["0.0.0.0/0", "::/0"], () => "http://169.254.169.254/latest"],
    ["one that stands for a metadata address", ["0.0.0.0/0", "::/0"], () => "http://[::ffff:169.254.169.254]/latest"],
  ])("and not from %s that they are sent on to", async (_, allowed, place) => {
    const inside = await startModules(own ?? "", module)
    const { asked, url } = await startModules("127.0.0.1", module)
    const http = { type: "HTTP", http: { url: `${url}/to?${encodeURIComponent(place(inside.url))}` } }
    const { hasModule, status } = await translated("host", allowed, http)
    expect([hasModule, status]).toEqual([false, expect.stringMatching(/may not be reached from here/)])
    expect([asked.length > 0, inside.asked]).toEqual([true, []])
  })
})
