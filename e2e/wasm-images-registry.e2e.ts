// An extension on its way by commands alone: pushed to a private registry, refused while it is unsigned, signed, and run.
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { freePorts } from "@attache/envoy"
import { dockerRegistry, goRegistry, login } from "@attache/oci/testing"
import { describe, expect, it, onTestFinished } from "vitest"
import { attacheBeside } from "./attache-command.ts"
import { startBackend } from "./backend.ts"
import { buildIfStale, startGateway } from "./gateway-under-test.ts"
import { createDesk, keyPair } from "./package-tools.ts"
import { backend, extensions, gateway, prefix, route, stream, to } from "./resources.ts"
import { startTagGuest } from "./tags.ts"

const patience = { interval: 50, timeout: 60_000 }

describe.each([dockerRegistry(), goRegistry()])("$name", (kind) => {
  it("gives run a private image once it is signed, and not an old one under its tag", async (context) => {
    if (kind.reason !== undefined) context.skip(kind.reason)
    buildIfStale()
    const [registry, one, guest] = [
      await kind.start({ auth: "basic" }),
      await startBackend("one"),
      await startTagGuest(),
    ]
    for (const each of [registry, one, guest]) onTestFinished(() => each[Symbol.asyncDispose]())
    const [port = 0] = await freePorts(1)
    const { host } = registry
    const desk = createDesk()
    mkdirSync(join(desk.folder, ".docker"))
    const auth = Buffer.from(`${login.user}:${login.password}`).toString("base64")
    const logins = JSON.stringify({ auths: { [host]: { auth } } })
    desk.write(".docker/config.json", logins)
    const module = desk.write("tag.wasm", new Uint8Array(await (await fetch(guest.url)).arrayBuffer()))
    const { key, pub } = keyPair(desk, "team")
    const done = async (...args: readonly string[]) => expect(await desk.attache(...args)).toMatchObject({ status: 0 })
    const push = (release: string) =>
      done("push", module, `${host}/team/tag:stable`, "--name", "tag", "--release", release)
    const sign = () => done("sign", `${host}/team/tag:stable`, "--key", key)

    const rules = [{ repository: `${host}/team/*`, keys: [pub], minimumVersion: "1.0.0" }]
    const config = desk.write(
      "config.yaml",
      JSON.stringify({ apiVersion: "attache.dev/v1alpha1", kind: "SignaturePolicy", rules }),
    )
    const image = { url: `${host}/team/tag:stable`, pullSecretRef: { name: "pull" } }
    const files = (tag: string) =>
      stream(
        ...gateway({ http: port }),
        backend("one", one.port),
        {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: "pull" },
          type: "kubernetes.io/dockerconfigjson",
          data: { ".dockerconfigjson": Buffer.from(logins).toString("base64") },
        },
        route("plain", [prefix("/plain", { backendRefs: [to("one")] })]),
        route("wasm", [prefix("/wasm", { backendRefs: [to("one")] })]),
        extensions(
          "wasm",
          { kind: "HTTPRoute", name: "wasm" },
          { wasm: [{ ...guest.entry(tag), code: { type: "Image", image, pullPolicy: "Always" } }] },
        ),
      )
    await push("1.0.0")
    await using gw = await startGateway({ "gateway.yaml": files("w0") }, ["--config", config])
    await gw.until(port, "/plain", ({ status }) => status === 200)
    const status = async () => (await attacheBeside(join(gw.folder, ".state"), "status", "--output", "json")).stdout
    const tag = async () => {
      const answer = await gw.request(port, "/wasm")
      return answer.status === 200 ? `${answer.headers["x-order"]}`.trim() : answer.status
    }
    await expect.poll(status, patience).toContain("is not signed")
    expect(await tag()).toBe(500)
    await sign()
    await expect.poll(tag, patience).toBe("w0")

    await push("0.9.0")
    await sign()
    await gw.write("gateway.yaml", files("w1"))
    await expect.poll(status, patience).toContain("is of version 0.9.0, and 1.0.0 is the oldest accepted")
    await expect.poll(tag, patience).toBe(500)
    expect((await gw.request(port, "/plain")).status).toBe(200)
    await push("1.1.0")
    await sign()
    await expect.poll(tag, patience).toBe("w1")
  })
})
