// Cases recorded from Envoy Gateway's `egctl x translate`: its loader and its switches, put on the input and the settings.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { loadObjects } from "@attache/kube-api"
import { type AnyObject, defaultSettings, type Settings } from "@attache/translate"

/** What the translator is given for a case. */
export interface EgctlInput {
  readonly objects: readonly AnyObject[]
  readonly settings: Settings
}

type Data = Readonly<Record<string, unknown>>

/** Stands for a Service's address where the input has none (`--add-missing-resources`, Envoy Gateway 1.9). */
const missingClusterIp = "1.2.3.4"

/** Kinds that the peer's loader knows and drops. */
const dropped = new Set(["EndpointSlice", "ServiceImport", "ListenerSet", "ClusterTrustBundle"])

/** Objects and settings as egctl has them: one class-level EnvoyProxy, traffic to cluster IPs, no labels. */
export function egctlInput(folder: string): EgctlInput {
  const file = join(folder, "input.yaml")
  const { objects } = loadObjects(readFileSync(file, "utf8"), { file, defaultNamespace: "envoy-gateway-system" })
  const kept = objects.map(({ object }) => bare(object)).filter(({ kind }) => !dropped.has(kind))
  const isFilled = readFileSync(join(folder, "args.txt"), "utf8").includes("--add-missing-resources")
  const filled = isFilled ? withMissing(kept) : kept
  const proxy = filled.findLast(({ kind }) => kind === "EnvoyProxy")
  const gatewayClass = filled.findLast(({ kind }) => kind === "GatewayClass")
  const rest = filled.filter(({ kind }) => kind !== "EnvoyProxy" && kind !== "GatewayClass")
  const controllerName = (gatewayClass?.spec as { controllerName?: string } | undefined)?.controllerName
  return {
    objects: [
      ...rest,
      ...(gatewayClass === undefined ? [] : [ofClass(gatewayClass, proxy)]),
      ...(proxy === undefined ? [] : [{ ...proxy, spec: atClusterIps(proxy.spec) }]),
    ],
    settings: {
      ...defaultSettings,
      isBackendEnabled: true,
      isLuaEnabled: true,
      isPatchPolicyEnabled: true,
      hasImpliedNamespaces: true,
      ...(controllerName === undefined ? {} : { controllerName }),
      envoyProxy: atClusterIps({}),
    },
  }
}

/** Name and namespace are all of the metadata that the loader keeps. */
function bare(object: AnyObject): AnyObject {
  const { name, namespace } = object.metadata
  return { ...object, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } } as AnyObject
}

function ofClass(gatewayClass: AnyObject, proxy: AnyObject | undefined): AnyObject {
  const { parametersRef: _, ...spec } = (gatewayClass.spec ?? {}) as Data
  if (proxy === undefined) return { ...gatewayClass, spec }
  const { name, namespace } = proxy.metadata
  const parametersRef = { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", name, namespace }
  return { ...gatewayClass, spec: { ...spec, parametersRef } }
}

/** Endpoint routing is off, and merging never switched on. */
function atClusterIps(spec: unknown): Data {
  const { mergeGateways: _, mergeBackends: __, ...rest } = (spec ?? {}) as Data
  return { ...rest, routingType: "Service" }
}

interface BackendRef {
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
  readonly port?: number
}

interface Port {
  readonly name?: string
  readonly port: number
  readonly protocol?: string
}

/** Services get addresses, and those that routes name and nobody defines are made up. */
function withMissing(objects: readonly AnyObject[]): readonly AnyObject[] {
  const services = new Map<string, AnyObject>()
  for (const object of objects) {
    if (object.kind === "Service") services.set(keyOf(object.metadata), withAddress(object))
  }
  for (const route of objects.filter(({ kind }) => kind.endsWith("Route"))) {
    const protocol = route.kind === "UDPRoute" ? "UDP" : "TCP"
    for (const ref of backendRefs(route)) {
      if (ref.name === undefined || ref.port === undefined || (ref.kind ?? "Service") !== "Service") continue
      const metadata = { name: ref.name, namespace: ref.namespace ?? route.metadata.namespace ?? "" }
      const found = services.get(keyOf(metadata)) ?? withAddress({ apiVersion: "v1", kind: "Service", metadata })
      services.set(keyOf(metadata), withPort(found, ref.port, protocol))
    }
  }
  return [...objects.filter(({ kind }) => kind !== "Service"), ...services.values()]
}

const keyOf = ({ name, namespace }: { readonly name: string; readonly namespace?: string }): string =>
  `${namespace ?? ""}/${name}`

function withAddress(service: AnyObject): AnyObject {
  const spec = (service.spec ?? {}) as Data
  return spec.clusterIP === undefined || spec.clusterIP === ""
    ? { ...service, spec: { ...spec, clusterIP: missingClusterIp } }
    : service
}

function withPort(service: AnyObject, port: number, protocol: string): AnyObject {
  const spec = service.spec as Data & { readonly ports?: readonly Port[] }
  const ports = spec.ports ?? []
  if (ports.some((each) => each.port === port)) return service
  return { ...service, spec: { ...spec, ports: [...ports, { name: `${protocol}-${port}`, port, protocol }] } }
}

function backendRefs(route: AnyObject): readonly BackendRef[] {
  const { rules } = (route.spec ?? {}) as {
    readonly rules?: readonly { readonly backendRefs?: readonly BackendRef[] }[]
  }
  return (rules ?? []).flatMap((rule) => rule.backendRefs ?? [])
}
