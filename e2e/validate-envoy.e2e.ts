// attache validate --envoy: what a real Envoy refuses is a finding about the object it comes from.
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { parse } from "yaml"
import { buildIfStale } from "./gateway-under-test.ts"
import { extensions, gateway, governed, prefix, route, stream, to } from "./resources.ts"

beforeAll(buildIfStale)

const command = join(import.meta.dirname, "..", "packages", "cli", "bin", "attache.mjs")
const folder = mkdtempSync(join(tmpdir(), "attache-validate-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Document = Readonly<Record<string, unknown>>

function file(name: string, ...objects: readonly Document[]): string {
  const path = join(folder, name)
  writeFileSync(path, stream(...objects))
  return path
}

function validate(...args: readonly string[]) {
  const env = { ...process.env, ATTACHE_STATE_DIR: join(folder, "state"), NO_COLOR: "1" }
  return spawnSync(process.execPath, [command, "validate", ...args], { encoding: "utf8", env })
}

interface Envelope {
  readonly ok: boolean
  readonly data: { readonly envoy?: Readonly<Record<string, unknown>> & { readonly resources: readonly unknown[] } }
  readonly errors: readonly Readonly<Record<string, unknown>>[]
  readonly warnings: readonly Readonly<Record<string, unknown>>[]
}

function judged(...args: readonly string[]) {
  const { status, stdout, stderr } = validate(...args, "--envoy", "--output", "json")
  expect(stderr).toMatch(/^(Envoy judges the resources …\n)?$/)
  return { status, ...(JSON.parse(stdout) as Envelope) }
}

const toOne = { backendRefs: [to("one")] }
const one = {
  apiVersion: "gateway.envoyproxy.io/v1alpha1",
  kind: "Backend",
  metadata: { name: "one" },
  spec: { endpoints: [{ ip: { address: "192.0.2.1", port: 9001 } }] },
}
const objects = [...gateway({ http: 80 }), one, route("r", [prefix("/", toOne)])]
const good = file("good.yaml", ...objects)
const unchecked = governed(objects, { luaValidation: "Disabled" })
const script = (name: string, inline: string, target = { kind: "HTTPRoute", name: "r" }) =>
  extensions(name, target, { lua: [{ type: "Inline", inline }] })

function patch(name: string, type: string, resource: string, operation: Document): Document {
  const typeUrl = `type.googleapis.com/envoy.config.${type}`
  return {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "EnvoyPatchPolicy",
    metadata: { name },
    spec: {
      targetRef: { group: "gateway.networking.k8s.io", kind: "Gateway", name: "gw" },
      type: "JSONPatch",
      jsonPatches: [{ type: typeUrl, name: resource, operation }],
    },
  }
}

describe("attache validate --envoy", () => {
  it("accepts what Envoy accepts, and counts it", () => {
    const { status, ok, data, errors, warnings } = judged("-f", good)
    expect([status, ok, errors, warnings]).toEqual([0, true, [], []])
    expect(data.envoy).toMatchObject({ accepted: 5, refused: 0, unasked: 0, unanswered: 0, warming: 0 })
    const verdict = { proxy: "default/gw", type: "Listener", name: "default/gw/http", verdict: "accepted" }
    expect(data.envoy?.resources).toContainEqual(verdict)
    expect(data.envoy?.version).toMatch(/^\d+\.\d+\.\d+$/)
  })

  it("tells people in a line", () => {
    const { status, stdout } = validate("-f", good, "--envoy")
    expect(status).toBe(0)
    expect(stdout).toMatch(
      /^Envoy \S+: 5 resources accepted, 0 refused, 0 never asked for, 0 unanswered, 0 not warm\n5 objects in 1 file: 0 errors/,
    )
  })

  it("finds the policy whose script Envoy cannot load, in Envoy's words, among others", () => {
    const path = file(
      "script.yaml",
      ...unchecked,
      route("s", [prefix("/s", toOne)]),
      script("fine", "function envoy_on_request(h) end", { kind: "HTTPRoute", name: "s" }),
      script("broken", "function envoy_on_request("),
    )
    const { status, errors, data } = judged("-f", path)
    expect(status).toBe(3)
    expect(errors).toMatchObject([
      {
        code: "ATT_RESOURCE_REFUSED",
        severity: "error",
        file: path,
        object: { kind: "EnvoyExtensionPolicy", namespace: "default", name: "broken" },
      },
    ])
    expect(errors[0]?.message).toMatch(/^Envoy refuses Listener default\/gw\/http: script load error: /)
    expect(errors[0]?.line).toBeTypeOf("number")
    expect(data.envoy).toMatchObject({ refused: 1, unasked: 1 })
    const text = validate("-f", path, "--envoy")
    expect(text.status).toBe(3)
    expect(text.stdout).toContain("EnvoyExtensionPolicy default/broken: Envoy refuses Listener")
    const yaml = validate("-f", path, "--envoy", "--output", "yaml")
    expect(parse(yaml.stdout)).toMatchObject({ ok: false, errors })
  })

  it("finds the patch that Envoy refuses", () => {
    const twice = patch("twice", "route.v3.RouteConfiguration", "default/gw/http", {
      op: "add",
      path: "/virtual_hosts/0/domains/-",
      value: "*",
    })
    const path = file("twice.yaml", ...objects, route("s", [prefix("/s", toOne)]), twice)
    const { status, errors } = judged("-f", path)
    expect([status, errors.length]).toEqual([3, 1])
    expect(errors[0]).toMatchObject({
      code: "ATT_RESOURCE_REFUSED",
      object: { kind: "EnvoyPatchPolicy", name: "twice" },
    })
    expect(errors[0]?.message).toMatch(/^Envoy refuses RouteConfiguration default\/gw\/http: .*\bdomain/)
  })

  it("warns of what is not warm, and refuses nothing for it", () => {
    const secret = {
      name: "nobody-has-it",
      sds_config: { ads: {}, resource_api_version: "V3", initial_fetch_timeout: "0s" },
    }
    const value = {
      name: "envoy.transport_sockets.tls",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
        common_tls_context: { validation_context_sds_secret_config: secret },
      },
    }
    const waiting = patch("waiting", "cluster.v3.Cluster", "httproute/default/r/rule/0", {
      op: "add",
      path: "/transport_socket",
      value,
    })
    const { status, warnings, data } = judged("-f", file("cold.yaml", ...objects, waiting))
    expect([status, data.envoy?.accepted, data.envoy?.refused, data.envoy?.warming]).toEqual([0, 5, 0, 1])
    expect(warnings).toMatchObject([{ code: "ATT_RESOURCE_NOT_WARM", object: { kind: "HTTPRoute", name: "r" } }])
  })

  it("does not ask Envoy about what is wrong already, nor with --schema-only", () => {
    const path = file("wrong.yaml", ...objects, route("w", [{ matches: [{ path: { type: "Prefix", value: "/" } }] }]))
    const { status, data } = judged("-f", path)
    expect([status, data.envoy]).toEqual([3, undefined])
    expect(validate("-f", path, "--envoy").stdout).toContain("Envoy was not asked")
    const { status: usage, stderr } = validate("-f", good, "--envoy", "--schema-only")
    expect([usage, stderr.includes("ATT_USAGE_OPTION")]).toEqual([2, true])
  })

  it("needs an Envoy", () => {
    const { status, stderr } = validate("-f", good, "--envoy", "--envoy-path", join(folder, "none"))
    expect([status, stderr.includes("ATT_ENVOY_BAD_PATH")]).toEqual([4, true])
  })
})
