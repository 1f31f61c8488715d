// What scripts rely on: exit codes, streams, envelopes.
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { type AddressInfo, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { buildGuest, type GuestSpec } from "@attache/wasm-host/guest"
import { beforeAll, describe, expect, it } from "vitest"
import { parse } from "yaml"
import { buildIfStale } from "./gateway-under-test.ts"
import { backend, extensions, gateway, prefix, route, stream, to } from "./resources.ts"

const command = join(import.meta.dirname, "..", "packages", "cli", "bin", "attache.mjs")
const folder = mkdtempSync(join(tmpdir(), "attache-command-"))

beforeAll(buildIfStale)

const attache = (...args: readonly string[]) => attacheWithin(0, ...args)

/** @param timeout milliseconds until it is ended with SIGTERM and has no status; 0: never */
function attacheWithin(timeout: number, ...args: readonly string[]) {
  const env = { ...process.env, ATTACHE_STATE_DIR: join(folder, "state"), NO_COLOR: "1" }
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { encoding: "utf8", env, timeout })
  return { status, stdout, stderr }
}

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const good = file(
  "good.yaml",
  stream(...gateway({ http: 80 }), backend("one", 9001), route("r", [prefix("/", { backendRefs: [to("one")] })])),
)
const broken = file(
  "broken.yaml",
  stream(...gateway({ http: 80 }), route("r", [{ matches: [{ path: { type: "Prefix", value: "/" } }] }])),
)

describe("attache", () => {
  it("shows help with an example for every verb", () => {
    for (const verb of [
      "run",
      "serve",
      "translate",
      "validate",
      "plan",
      "status",
      "push",
      "pull",
      "download",
      "inspect",
      "copy",
      "tag",
      "list",
      "sign",
      "verify",
      "envoy",
      "wasm",
      "doctor",
      "explain",
      "clean",
      "version",
      "completion",
    ]) {
      const { status, stdout } = attache(verb, "--help")
      expect([verb, status]).toEqual([verb, 0])
      if (verb !== "envoy" && verb !== "wasm") expect(stdout).toContain("Example:")
    }
  })

  it("translates to one map by proxy key, bare on standard output", () => {
    const { status, stdout } = attache("translate", "-f", good)
    const document = parse(stdout) as Record<string, Record<string, readonly { name?: string }[]>>
    expect([status, Object.keys(document)]).toEqual([0, ["envoy-gateway-system/gw"]])
    expect(Object.keys(document["envoy-gateway-system/gw"] ?? {})).toEqual([
      "listeners",
      "routes",
      "clusters",
      "endpoints",
      "secrets",
    ])
    const json = attache("translate", "-f", good, "--output", "json")
    expect(JSON.parse(json.stdout)).toEqual(document)
  })

  it("reads the same YAML under 1.1 and 1.2", () => {
    const { stdout } = attache("translate", "-f", good)
    expect(parse(stdout, { version: "1.1" })).toEqual(parse(stdout, { version: "1.2" }))
  })

  it("shifts ports in the kubernetes profile and keeps loopback in the host profile", () => {
    const address = (profile: string) => {
      const { stdout } = attache("translate", "-f", good, "--profile", profile, "--output", "json")
      const [proxy] = Object.values(
        JSON.parse(stdout) as Record<string, { listeners: readonly { name: string; address: unknown }[] }>,
      )
      return proxy?.listeners.find(({ name }) => name.endsWith("/http"))?.address
    }
    expect(address("kubernetes")).toEqual({ socketAddress: { address: "0.0.0.0", portValue: 10080 } })
    expect(address("host")).toMatchObject({ socketAddress: { address: "127.0.0.1" } })
  })

  it("gives statuses in the API's form", () => {
    const { stdout } = attache("translate", "-f", good, "--to", "status", "--output", "json")
    const kinds = (JSON.parse(stdout) as readonly { kind: string }[]).map(({ kind }) => kind)
    expect(kinds).toEqual(["Backend", "Gateway", "HTTPRoute"])
  })

  it("accepts good resources with exit 0 and refuses bad ones with exit 3, place and field", () => {
    expect(attache("validate", "-f", good, "--profile", "host").status).toBe(0)
    const { status, stdout } = attache("validate", "-f", broken, "--output", "json")
    const { ok, errors } = JSON.parse(stdout) as { ok: boolean; errors: readonly Record<string, unknown>[] }
    expect([status, ok]).toEqual([3, false])
    expect(errors[0]).toMatchObject({
      severity: "error",
      file: broken,
      field: "spec.rules[0].matches[0].path.type",
      object: { kind: "HTTPRoute", name: "r" },
    })
    expect(errors[0]?.line).toBeTypeOf("number")
  })

  it("judges a configuration of the control plane like any resource, in -f and in --config", () => {
    const configuration = (rest: object) => ({
      apiVersion: "gateway.envoyproxy.io/v1alpha1",
      kind: "EnvoyGateway",
      ...rest,
    })
    const fine = file("eg.yaml", stream(configuration({ gateway: { controllerName: "example.com/c" } })))
    const accepted = attache("validate", "-f", fine, "--output", "json")
    expect(JSON.parse(accepted.stdout)).toMatchObject({ ok: true, data: { objects: 0, configurations: 1, files: 1 } })
    expect(attache("validate", "-f", fine).stdout).toBe(
      "0 objects and 1 configuration in 1 file: 0 errors, 0 warnings\n",
    )
    const bad = file("eg-bad.yaml", stream(configuration({ provider: { type: "Cloud" }, logging: { levels: {} } })))
    for (const args of [
      ["-f", bad],
      ["-f", good, "--config", bad, "--profile", "host"],
    ]) {
      const { status, stdout } = attache("validate", ...args, "--output", "json")
      const { errors } = JSON.parse(stdout) as { errors: readonly Record<string, unknown>[] }
      expect(status).toBe(3)
      expect(errors[0]).toMatchObject({ file: bad, field: "provider.type", line: 1 })
    }
  })

  it("says that a configuration among the resources is not applied, unless --config names its file", () => {
    mkdirSync(join(folder, "both"))
    const configuration = { apiVersion: "gateway.envoyproxy.io/v1alpha1", kind: "EnvoyGateway" }
    const own = file("both/own.yaml", stream(configuration))
    file("both/gateway.yaml", stream(...gateway({ http: 80 })))
    for (const verb of ["translate", "plan"]) {
      const args = [verb, "-f", join(folder, "both"), ...(verb === "plan" ? ["--against", good] : [])]
      expect(attache(...args).stderr).toContain(`${own}:1:1: warning: EnvoyGateway is not applied`)
      const { status, stderr } = attache(...args, "--config", own)
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
    }
  })

  it.each([
    ["SignaturePolicy", "rules: []", "rules: [{repository: a}]", "ATT_SIGNATURE_POLICY", "rules[0]"],
    ["AddressPolicy", "allowed: [10.0.0.0/8]", "allowed: [10.0.0.0/80]", "ATT_ADDRESS_POLICY", "allowed[0]"],
  ])("judges a %s in -f and in --config, with the place in its file", (kind, right, wrong, code, field) => {
    const document = (text: string) => `apiVersion: attache.dev/v1alpha1\nkind: ${kind}\n${text}\n`
    const fine = file(`${kind}.yaml`, document(right))
    expect(attache("validate", "-f", fine).stdout).toBe(
      "0 objects and 1 configuration in 1 file: 0 errors, 0 warnings\n",
    )
    const bad = file(`${kind}-bad.yaml`, document(wrong))
    for (const args of [
      ["-f", bad],
      ["-f", good, "--config", bad, "--profile", "host"],
    ]) {
      const { status, stdout } = attache("validate", ...args, "--output", "json")
      const { errors } = JSON.parse(stdout) as { errors: readonly Record<string, unknown>[] }
      expect(status).toBe(3)
      expect(errors).toMatchObject([{ code, file: bad, field, line: 3 }])
    }
    const beside = attache("translate", "-f", good, "-f", fine)
    expect([beside.status, beside.stderr]).toEqual([0, expect.stringContaining(`${kind} is not applied`)])
  })

  it("translates invalid resources with warnings, and refuses them with --strict", () => {
    expect(attache("translate", "-f", broken).status).toBe(0)
    expect(attache("translate", "-f", broken, "--strict").status).toBe(3)
  })

  it("finds a Gateway whose class nobody serves", () => {
    const orphan = file("orphan.yaml", stream(...gateway({ http: 80 }).filter(({ kind }) => kind !== "GatewayClass")))
    const { status, stdout } = attache("validate", "-f", orphan, "--output", "json")
    expect(status).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({
      errors: [{ code: "ATT_RESOURCE_CLASS_NOT_SERVED", message: "nobody serves the GatewayClass attache" }],
    })
  })

  it("leaves a GatewayClass of another controller alone, and says so", () => {
    const foreign = gateway({ http: 80 }).map((object) =>
      object.kind === "GatewayClass" ? { ...object, spec: { controllerName: "example.com/other" } } : object,
    )
    const { stdout } = attache("validate", "-f", file("foreign.yaml", stream(...foreign)), "--output", "json")
    expect(stdout).toContain("ATT_RESOURCE_FOREIGN_CLASS")
  })

  it("reports a false condition of an object's status", () => {
    const lost = file(
      "lost.yaml",
      stream(...gateway({ http: 80 }), route("r", [prefix("/", { backendRefs: [to("nowhere")] })])),
    )
    const { status, stdout } = attache("validate", "-f", lost, "--output", "json")
    expect(status).toBe(3)
    expect(stdout).toContain("ATT_RESOURCE_CONDITION")
  })

  it("waits for modules no longer than it is told to", async () => {
    const silent = createServer()
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve))
    const { port } = silent.address() as AddressInfo
    const policy = extensions(
      "p",
      { kind: "HTTPRoute", name: "r" },
      { wasm: [{ name: "w", code: { type: "HTTP", http: { url: `http://127.0.0.1:${port}/w.wasm` } } }] },
    )
    const path = file(
      "late.yaml",
      stream(
        ...gateway({ http: 80 }),
        backend("one", 9001),
        route("r", [prefix("/", { backendRefs: [to("one")] })]),
        policy,
      ),
    )
    // The module's own limit is 15 s.
    const { status, stderr } = attacheWithin(10_000, "translate", "-f", path, "--profile", "host", "--timeout", "0.2")
    silent.close()
    expect(stderr).toContain("ATT_CLI_TRANSLATE_TIMEOUT")
    expect(status).toBe(5)
  })

  it("names what a policy breaks", () => {
    const policy = extensions(
      "p",
      { kind: "HTTPRoute", name: "r" },
      { lua: [{ type: "Inline", inline: "function nothing() end" }] },
    )
    const path = file(
      "policy.yaml",
      stream(
        ...gateway({ http: 80 }),
        backend("one", 9001),
        route("r", [prefix("/", { backendRefs: [to("one")] })]),
        policy,
      ),
    )
    const { status, stdout } = attache("validate", "-f", path)
    expect([
      status,
      stdout.includes("expected one of envoy_on_request() or envoy_on_response() to be defined"),
    ]).toEqual([3, true])
  })

  it.each([
    [["translate"], 2, "ATT_USAGE_OPTION"],
    [["run", "-f", join(folder, "nowhere")], 1, "ATT_FILE_NONE"],
    [["explain", "ATT_NOT_A_CODE"], 2, "ATT_USAGE_CODE"],
    [["status", "--instance", "nobody"], 1, "ATT_CLI_NOT_RUNNING"],
    [["envoy", "which", "--envoy-path", join(folder, "no-envoy")], 4, "ATT_ENVOY_BAD_PATH"],
  ])("fails %j with exit %d and %s", (args, exit, code) => {
    const text = attache(...args)
    expect([text.status, text.stderr.includes(code)]).toEqual([exit, true])
    const json = attache(...args, "--output", "json")
    expect(json.status).toBe(exit)
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, errors: [{ code }] })
  })

  it("ends run with the holder of a port that is in use, and the cure", async () => {
    const holder = createServer()
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve))
    const { port } = holder.address() as AddressInfo
    const { status, stderr } = attache("run", "-f", file("held.yaml", stream(...gateway({ http: port }))))
    holder.close()
    expect(stderr).toBe(
      [
        `error: 127.0.0.1:${port} (default/gw/http) is in use by node (process ${process.pid})`,
        "  end the process that holds the port, or choose another port",
        "  [ATT_ENVOY_PORT_IN_USE]\n",
      ].join("\n"),
    )
    expect(status).toBe(4)
  })

  it("finds listeners of two Gateways that want one port of this machine", () => {
    const both = file(
      "port-of-two.yaml",
      stream(
        ...gateway({ http: 8097 }),
        ...gateway({ http: 8097 }).flatMap((object) =>
          object.kind === "Gateway" ? [{ ...object, metadata: { name: "second", namespace: "default" } }] : [],
        ),
      ),
    )
    const message = "listeners default/gw/http and default/second/http both want 127.0.0.1:8097 (tcp) of this machine"
    const { status, stdout } = attache("validate", "-f", both, "--profile", "host", "--output", "json")
    expect([status, JSON.parse(stdout)]).toMatchObject([
      3,
      { errors: [{ code: "ATT_RESOURCE_PORT_TAKEN", message, object: { kind: "Gateway", name: "second" } }] },
    ])
    expect(attache("validate", "-f", both).status).toBe(0)
    const run = attache("run", "-f", both)
    expect([run.status, run.stderr]).toEqual([
      3,
      expect.stringMatching(/^error: listeners .*\n {2}give one of them another port/),
    ])
    expect(run.stderr).toContain(message)
  })

  it("inspects Wasm modules: exit 3 for those that Envoy refuses", () => {
    const put = (name: string, guest: GuestSpec) => file(name, buildGuest(guest))
    const fine = put("fine.wasm", { callbacks: { proxy_on_log: [["proxy_log", 2, 0, 0]] }, hasNames: true })
    const refused = put("refused.wasm", { imports: [["env", "abort", "i32 i32 i32 i32 -> void"]] })
    expect(attache("wasm", "inspect", "--help").stdout).toContain("Example:")
    const { status, stdout } = attache("wasm", "inspect", fine)
    expect([status, stdout.includes("imports     env.proxy_log")]).toEqual([0, true])
    const bad = attache("wasm", "inspect", refused, "--output", "json")
    expect(bad.status).toBe(3)
    expect(JSON.parse(bad.stdout)).toMatchObject({
      facts: { load: { isLikely: false }, imports: [{ name: "env.abort", verdict: "missing" }] },
    })
    expect(parse(attache("wasm", "inspect", refused, "--output", "yaml").stdout)).toEqual(JSON.parse(bad.stdout))
    const nothing = attache("wasm", "inspect", good)
    expect([nothing.status, nothing.stderr.includes("ATT_WASM_NOT_WASM")]).toEqual([1, true])
  })

  it("refuses unknown options and values with exit 2", () => {
    expect(attache("run", "--nonsense").status).toBe(2)
    const { status, stderr } = attache("run", "-f", good, "--log-level", "loud")
    expect([status, stderr]).toEqual([2, expect.stringContaining("Allowed choices are trace, debug, info")])
  })

  it("says once what is wrong with files that hold nothing to run", () => {
    const { status, stderr } = attache("run", "-f", file("prose.yaml", "a: ["))
    expect([status, stderr.match(/ATT_YAML_SYNTAX/g)?.length, stderr.includes("ATT_GATEWAY_NONE")]).toEqual([
      1,
      1,
      true,
    ])
  })

  it("tells what a machine lacks that it was never on, and what is used in place of a home that is a file", () => {
    const home = mkdtempSync(join(folder, "home-"))
    const doctor = (env: Readonly<Record<string, string>>) =>
      spawnSync(process.execPath, [command, "doctor", "--output", "json"], {
        encoding: "utf8",
        env: { HOME: home, PATH: "/nonexistent", TMPDIR: folder, ...env },
      })
    const fresh = doctor({})
    expect(fresh.status).toBe(4)
    expect(JSON.parse(fresh.stdout)).toMatchObject([
      { name: "node", isFine: true },
      { name: "platform", isFine: true },
      { name: "envoy", isFine: false, text: "not installed" },
      { name: "pip or uv", isFine: false, cure: expect.stringContaining("pip or uv") },
      { name: "cache folder", isFine: true, text: join(home, ".cache", "attache") },
      { name: "state folder", isFine: true, text: join(home, ".local", "state", "attache") },
    ])
    const checks = JSON.parse(doctor({ HOME: good }).stdout) as readonly { name: string; text: string }[]
    expect(checks.find(({ name }) => name === "cache folder")?.text).toMatch(
      /cannot be written, using .*attache-cache-/,
    )
  })

  it("explains every code it lists", () => {
    const codes = JSON.parse(attache("explain", "--output", "json").stdout) as readonly string[]
    expect(codes.length).toBeGreaterThan(40)
    const { stdout } = attache("explain", codes[0] ?? "")
    expect(stdout).toMatch(/cause[\s\S]+cure/)
  })
})
