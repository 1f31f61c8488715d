// What Envoy Gateway 1.9 refuses in an EnvoyProxy beyond its schema, in its words.
import type { EnvoyProxySpec } from "@attache/kube-api"
import { aggregate } from "../sentence.ts"

/** Why a specification cannot be used, or undefined; its bootstrap is not looked at. */
export function envoyProxyErrors(spec: EnvoyProxySpec): string | undefined {
  const errors = [
    ...providerErrors(spec),
    ...accessLogErrors(spec),
    ...statNameErrors(spec),
    ...filterOrderErrors(spec),
  ]
  return errors.length === 0 ? undefined : aggregate(errors)
}

function providerErrors(spec: EnvoyProxySpec): string[] {
  const service = spec.provider?.kubernetes?.envoyService
  const errors: string[] = []
  if (service?.type !== undefined && service.type !== "LoadBalancer") {
    if (service.allocateLoadBalancerNodePorts !== undefined)
      errors.push("allocateLoadBalancerNodePorts can only be set for LoadBalancer type")
    if (service.loadBalancerIP !== undefined) errors.push("loadBalancerIP can only be set for LoadBalancer type")
  }
  if (service?.loadBalancerIP !== undefined && !isIpv4(service.loadBalancerIP)) {
    errors.push(`loadBalancerIP:${service.loadBalancerIP} is an invalid IPv4 address`)
  }
  return errors
}

function isIpv4(text: string): boolean {
  return /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(text)
}

function accessLogErrors(spec: EnvoyProxySpec): string[] {
  const accessLog = spec.telemetry?.accessLog
  if (accessLog === undefined || accessLog.disable === true) return []
  const errors: string[] = []
  const missing = (what: string, field: string): void => {
    errors.push(`unable to configure access log when using ${what} but "${field}" field being empty`)
  }
  for (const { format, sinks } of accessLog.settings ?? []) {
    if (format?.type === "Text" && format.text === undefined) missing("Text format", "text")
    for (const sink of sinks ?? []) {
      if (sink.type === "File" && sink.file === undefined) missing("File sink type", "file")
      if (sink.type === "OpenTelemetry" && sink.openTelemetry === undefined)
        missing("OpenTelemetry sink type", "openTelemetry")
    }
  }
  return errors
}

const statNameOperators: readonly string[] = [
  "%ROUTE_NAME%",
  "%ROUTE_NAMESPACE%",
  "%ROUTE_KIND%",
  "%ROUTE_RULE_NAME%",
  "%ROUTE_RULE_NUMBER%",
  "%BACKEND_REFS%",
]

function statNameErrors(spec: EnvoyProxySpec): string[] {
  const used = spec.telemetry?.metrics?.clusterStatName?.match(/%[^%]*%/g) ?? []
  return used
    .filter((operator) => !statNameOperators.includes(operator))
    .map((operator) => `unable to configure Cluster Stat Name with unsupported operator: ${operator}`)
}

function filterOrderErrors(spec: EnvoyProxySpec): string[] {
  const edges = new Map<string, string[]>()
  for (const { name, before, after } of spec.filterOrder ?? []) {
    if (before !== undefined) edges.set(name, [...(edges.get(name) ?? []), before])
    if (after !== undefined) edges.set(after, [...(edges.get(after) ?? []), name])
  }
  const done = new Set<string>()
  const isCyclic = (name: string, path: readonly string[]): boolean => {
    if (path.includes(name)) return true
    if (done.has(name)) return false
    const found = (edges.get(name) ?? []).some((next) => isCyclic(next, [...path, name]))
    done.add(name)
    return found
  }
  return [...edges.keys()].some((name) => isCyclic(name, [])) ? ["there is a cycle in the filter order"] : []
}
