// The module server of `attache serve` as Envoys of a cluster find it: behind the Service's name, over mutual TLS.
import { randomInt } from "node:crypto"
import { createServer } from "node:http"
import { request } from "node:https"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { sha256Hex } from "@attache/base"
import { createBootstrap, findEnvoy, freePorts, runEnvoy } from "@attache/envoy"
import { describe, expect, it, onTestFinished } from "vitest"
import { type Authority, createAuthority, type Pair, tlsSecret } from "./certificates.ts"
import { createPlace, startCommand } from "./command-process.ts"
import { send } from "./gateway-under-test.ts"
import { startNameServer } from "./name-server.ts"
import { ownAddress } from "./own-address.ts"
import { backend, extensions, gateway, prefix, route, stream, to } from "./resources.ts"
import { startTagGuest, type TagGuest } from "./tags.ts"

const service = "envoy-gateway.envoy-gateway-system.svc.cluster.local"
const port = 18002
const patience = { interval: 20, timeout: 30_000 }

/** In a cluster nobody may name loopback addresses: modules and backends are at another one of this machine. */
const own = ownAddress()
const reason =
  process.platform !== "linux"
    ? "only Linux has many loopback addresses"
    : own === undefined
      ? "this machine has no address but loopback"
      : undefined

/** Gives a module at any path that ends so: other bytes that do the same at each; and is the backend at others. */
async function startModules(guest: TagGuest): Promise<number> {
  const module = Buffer.from(await (await fetch(guest.url)).arrayBuffer())
  const server = createServer(({ url = "" }, response) => {
    const name = Buffer.from(url)
    const isModule = url.endsWith(".wasm")
    response.end(isModule ? Buffer.concat([module, Buffer.from([0, name.length + 1, name.length]), name]) : "backend")
  })
  await new Promise<void>((resolve) => server.listen(0, own, resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** The Secret that proxies show to the control plane, in its namespace. */
function clientSecret(pair: Pair) {
  const secret = tlsSecret("envoy", pair)
  return { ...secret, metadata: { name: "envoy", namespace: "envoy-gateway-system" } }
}

/** A proxy of a cluster has the authority's certificate at /certs, which a machine has not. */
function authorityAt(path: string) {
  const inside = "/transport_socket/typed_config/common_tls_context/validation_context/trusted_ca/filename"
  const patch = {
    type: "type.googleapis.com/envoy.config.cluster.v3.Cluster",
    name: "wasm_cluster",
    operation: { op: "replace", path: inside, value: path },
  }
  return {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "EnvoyPatchPolicy",
    metadata: { name: "here" },
    spec: {
      targetRef: { group: "gateway.networking.k8s.io", kind: "Gateway", name: "gw" },
      type: "JSONPatch",
      jsonPatches: [patch],
    },
  }
}

/** Asks for a module's URL. Rejects where there is no connection. */
function ask(address: string, path: string, ca: string, pair?: Pair) {
  return new Promise<{ readonly status: number; readonly body: Buffer; readonly certificate: string }>(
    (resolve, reject) => {
      const options = { host: address, port, path, ca, servername: service, agent: false, ...pair }
      const call = request(options, (response) => {
        const certificate = (
          response.socket as unknown as { getPeerX509Certificate(): { raw: Buffer } }
        ).getPeerX509Certificate()
        const chunks: Buffer[] = []
        response.on("data", (chunk: Buffer) => chunks.push(chunk))
        response.on("error", reject)
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks),
            certificate: certificate.raw.toString("base64"),
          }),
        )
      })
      call.on("error", reject)
      call.end()
    },
  )
}

/** Asks over and over until it is stopped, and gives all answers. */
function startLoad<T>(ask: () => Promise<T>): { readonly stop: () => Promise<readonly T[]> } {
  const answers: T[] = []
  let isStopped = false
  const running = (async () => {
    while (!isStopped) answers.push(await ask())
  })()
  const stop = async (): Promise<readonly T[]> => {
    isStopped = true
    await running
    return answers
  }
  return { stop }
}

const bodyOf = (pem: string): string => pem.replaceAll(/-----[^-]+-----|\s/g, "")

describe("modules in a cluster", () => {
  it("go over mutual TLS to Envoys, to nobody without a certificate, and under certificates that are renewed", async (context) => {
    if (reason !== undefined) context.skip(reason)
    const address = `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`
    const [authority, next] = [await createAuthority("first"), await createAuthority("second")]
    const guest = await startTagGuest()
    const names = await startNameServer(service, address)
    for (const each of [guest, names]) onTestFinished(() => each[Symbol.asyncDispose]())
    const modules = await startModules(guest)
    const one = { ...backend("one", modules), spec: { endpoints: [{ ip: { address: own, port: modules } }] } }
    const [first = 0, second = 0] = await freePorts(2)

    const place = createPlace({})
    onTestFinished(() => place[Symbol.dispose]())
    const certificates = createPlace({ "proxy-ca.crt": authority.ca })
    onTestFinished(() => certificates[Symbol.dispose]())
    const show = (pair: Pair, ...trusted: readonly Authority[]): void => {
      certificates.write("tls.key", pair.key)
      certificates.write("tls.crt", pair.cert)
      certificates.write("ca.crt", trusted.map(({ ca }) => ca).join("\n"))
    }
    const attach = (path: string, tag: string, client: Pair): void =>
      place.write(
        "all.yaml",
        stream(
          ...gateway({ first, second }),
          one,
          clientSecret(client),
          authorityAt(join(certificates.folder, "proxy-ca.crt")),
          route("plain", [prefix("/plain", { backendRefs: [to("one")] })]),
          route("wasm", [prefix("/wasm", { backendRefs: [to("one")] })]),
          extensions(
            "wasm",
            { kind: "HTTPRoute", name: "wasm" },
            { wasm: [guest.entry(tag, {}, `http://${own}:${modules}${path}`)] },
          ),
        ),
      )
    const allowed = { apiVersion: "attache.dev/v1alpha1", kind: "AddressPolicy", allowed: [own] }
    certificates.write("config.yaml", stream(allowed))
    const config = join(certificates.folder, "config.yaml")
    const client = await authority.sign("envoy")
    show(await authority.sign(service), authority)
    attach("/1.wasm", "w1", client)

    const socketPath = join(certificates.folder, "xds.sock")
    const serving = startCommand(
      place,
      "serve",
      ...["--profile", "kubernetes", "--xds-address", `unix:${socketPath}`, "--status-address", "127.0.0.1:0"],
      ...["--config", config, "--module-address", `${address}:${port}`, "--module-certs", certificates.folder],
    )
    onTestFinished(() => serving[Symbol.asyncDispose]())
    await serving.said(/^ready /m)
    const [, status = ""] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(serving.output()) ?? []
    const startEnvoy = async () => {
      const bootstrap = createBootstrap({ nodeId: "e2e", nodeCluster: "default/gw", xds: { socketPath } })
      const envoy = await runEnvoy({
        path: (await findEnvoy()).path,
        bootstrap: { ...bootstrap, ...names.resolver } as typeof bootstrap,
        concurrency: 1,
      })
      onTestFinished(() => envoy[Symbol.asyncDispose]())
      return envoy
    }
    const envoy = await startEnvoy()
    const tagAt = async (at: number) => {
      const answer = await send(at, "/wasm").catch(() => undefined)
      return answer?.status === 200 ? `${answer.headers["x-order"]}`.trim() : answer?.status
    }
    for (const at of [first, second]) await expect.poll(() => tagAt(at), patience).toBe("w1")

    const pathOf = async (): Promise<string> => {
      const text = await (await fetch(`${status}/xds`)).text()
      const [found] = text.match(/https:\/\/[^"]+\.wasm/) ?? []
      expect(new URL(found ?? "").host).toBe(`${service}:${port}`)
      return new URL(found ?? "").pathname
    }
    const path = await pathOf()
    const answer = await ask(address, path, authority.ca, client)
    expect([answer.status, `/${sha256Hex(answer.body)}`]).toEqual([200, path.slice(0, 65)])
    await expect(ask(address, path, authority.ca)).rejects.toThrow(/certificate|reset|hang up/i)
    await expect(ask(address, path, authority.ca, await next.sign("envoy"))).rejects.toThrow(
      /certificate|authority|reset|hang up/i,
    )
    expect((await ask(address, path.replace(/.{8}\.wasm$/, "00000000.wasm"), authority.ca, client)).status).toBe(404)

    const renewed = await authority.sign(service)
    show(renewed, authority, next)
    const shown = async () => (await ask(address, path, authority.ca, client)).certificate
    await expect.poll(shown, patience).toBe(bodyOf(renewed.cert))
    const newClient = await next.sign("envoy")
    const load = startLoad(() => Promise.all([tagAt(first), tagAt(second)]))
    onTestFinished(async () => void (await load.stop()))
    attach("/2.wasm", "w2", newClient)
    // The new configuration comes with the new module, and not before.
    for (const at of [first, second]) await expect.poll(() => tagAt(at), patience).toBe("w2")
    const after = await pathOf()
    expect(after).not.toBe(path)
    const codes = () =>
      Promise.all([after, path].map(async (each) => (await ask(address, each, authority.ca, newClient)).status))
    await expect.poll(codes, { ...patience, message: "what no proxy has any longer is not given" }).toEqual([200, 404])
    const others = (await load.stop()).flat().filter((tag) => tag !== "w1" && tag !== "w2")
    expect(others, "no other answer while it was swapped").toEqual([])
    await envoy[Symbol.asyncDispose]()
    await startEnvoy()
    await expect.poll(() => tagAt(first), patience).toBe("w2")
  })
})
