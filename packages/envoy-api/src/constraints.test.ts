import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { load } from "js-yaml"
import { describe, expect, it } from "vitest"
import { violationOf } from "./constraints.ts"
import { parseJson } from "./from-json.ts"
import { schemaOf } from "./registry.ts"
import { findMessage } from "./schema.ts"

function check(typeName: string, json: unknown): string | undefined {
  const { message, findings } = parseJson(typeName, json)
  expect(findings).toEqual([])
  const found = violationOf(typeName, message as never)
  return found === undefined
    ? undefined
    : `${found.typeName.slice(found.typeName.lastIndexOf(".") + 1)} ${found.path}: ${found.message}`
}

const cluster = "envoy.config.cluster.v3.Cluster"
const listener = "envoy.config.listener.v3.Listener"
const routes = "envoy.config.route.v3.RouteConfiguration"

describe("constraints", () => {
  it.each([
    [cluster, {}, "Cluster name: value length must be at least 1 runes"],
    [cluster, { name: "c", connectTimeout: "5s" }, undefined],
    [cluster, { name: "c", connectTimeout: "0s" }, "Cluster connect_timeout: value must be greater than 0s"],
    [
      cluster,
      { name: "c", dnsRefreshRate: "0.000500s" },
      "Cluster dns_refresh_rate: value must be greater than 0.001s",
    ],
    [cluster, { name: "c", edsClusterConfig: {}, lbPolicy: "LOAD_BALANCING_POLICY_CONFIG" }, undefined],
    [
      cluster,
      { name: "c", loadAssignment: {} },
      "ClusterLoadAssignment load_assignment.cluster_name: value length must be at least 1 runes",
    ],
    [
      cluster,
      { name: "c", loadAssignment: { clusterName: "c", endpoints: [{ priority: 200 }] } },
      "LocalityLbEndpoints load_assignment.endpoints[0].priority: value must be less than or equal to 128",
    ],
    [
      cluster,
      { name: "c", loadAssignment: { clusterName: "c", endpoints: [{ lbEndpoints: [{ loadBalancingWeight: 0 }] }] } },
      "LbEndpoint load_assignment.endpoints[0].lb_endpoints[0].load_balancing_weight: value must be greater than or equal to 1",
    ],
    [
      cluster,
      { name: "c", healthChecks: [{ timeout: "1s", interval: "1s", unhealthyThreshold: 1, healthyThreshold: 1 }] },
      "HealthCheck health_checks[0].health_checker: value is required",
    ],
    [
      cluster,
      { name: "c", healthChecks: [{ interval: "1s" }] },
      "HealthCheck health_checks[0].timeout: value is required",
    ],
    [cluster, { name: "c", typedExtensionProtocolOptions: { "x.y": {} } }, undefined],
    [
      routes,
      { name: "r", requestHeadersToAdd: [{ header: { key: "a\nb" } }] },
      "HeaderValue request_headers_to_add[0].header.key: value does not match regex pattern ^[^\\0\\n\\r]*$",
    ],
    [
      routes,
      { virtualHosts: [{ name: "v" }] },
      "VirtualHost virtual_hosts[0].domains: value must contain at least 1 item(s)",
    ],
    [
      routes,
      { virtualHosts: [{ name: "v", domains: ["*"], routes: [{ match: {} }] }] },
      "RouteMatch virtual_hosts[0].routes[0].match.path_specifier: value is required",
    ],
    [
      routes,
      { virtualHosts: [{ name: "v", domains: ["*"], routes: [{}] }] },
      "Route virtual_hosts[0].routes[0].match: value is required",
    ],
    [
      listener,
      { name: "l", address: { socketAddress: { address: "1.2.3.4" } } },
      "SocketAddress address.socket_address.port_specifier: value is required",
    ],
    [
      listener,
      { name: "l", address: { socketAddress: { address: "1.2.3.4", portValue: 70000 } } },
      "SocketAddress address.socket_address.port_value: value must be less than or equal to 65535",
    ],
    [
      listener,
      {
        name: "l",
        filterChains: [
          {
            filters: [
              {
                name: "hcm",
                typedConfig: {
                  "@type":
                    "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                },
              },
            ],
          },
        ],
      },
      "HttpConnectionManager filter_chains[0].filters[0].typed_config.stat_prefix: value length must be at least 1 runes",
    ],
    [
      "envoy.extensions.filters.http.fault.v3.HTTPFault",
      { headers: [{ name: "x", stringMatch: { safeRegex: {} } }] },
      "RegexMatcher headers[0].string_match.safe_regex.regex: value length must be at least 1 runes",
    ],
    ["envoy.type.v3.SemanticVersion", {}, undefined],
  ])("%s %j: %s", (typeName, json, want) => expect(check(typeName, json)).toBe(want))

  it("has patterns that JavaScript understands", () => {
    const seen = new Set<string>()
    const visit = (typeName: string): void => {
      const schema = findMessage(typeName)
      if (schema === undefined || seen.has(typeName)) return
      seen.add(typeName)
      expect(() => violationOf(schema, parseJson(schema, {}).message as never)).not.toThrow()
      for (const { message } of schema.fields) if (message !== undefined) visit(message.typeName)
    }
    visit(listener)
    visit(cluster)
    visit("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager")
    expect(seen.size).toBeGreaterThan(250)
  })
})

const folder = join(process.env.ATTACHE_GOLDEN ?? join(import.meta.dirname, "../../../../shared/golden"), "gateway")
const types = {
  listeners: listener,
  routes,
  clusters: cluster,
  endpoints: "envoy.config.endpoint.v3.ClusterLoadAssignment",
}

describe.skipIf(!existsSync(folder))("recorded xDS that Envoy accepted", () => {
  it("breaks no constraint", { timeout: 60_000 }, () => {
    let resources = 0
    for (const name of readdirSync(folder)) {
      const path = join(folder, name, "xds.yaml")
      const proxies = existsSync(path) ? (load(readFileSync(path, "utf8")) ?? {}) : {}
      for (const lists of Object.values(proxies) as Readonly<Record<string, readonly unknown[]>>[]) {
        for (const [list, typeName] of Object.entries(types)) {
          for (const json of lists[list] ?? []) {
            const schema = schemaOf(typeName)
            const found = violationOf(schema, parseJson(schema, json).message as never)
            expect({ name, found }).toEqual({ name, found: undefined })
            resources++
          }
        }
      }
    }
    expect(resources).toBeGreaterThan(4000)
  })
})
