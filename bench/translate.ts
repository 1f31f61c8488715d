/**
 * Translation: CPU of a cold build, and of one edit after it, by number of routes.
 *
 * Run: node bench/translate.ts [ROUTES ...]. Prints only. An edit is everything from the changed object to the changed
 * resources and all statuses, as the control plane pulls them; the figure is the median of 50.
 */
import { type AnyObject, createTranslator, defaultSettings, snapshotChanges, type Translator } from "@attache/translate"

const sizes = process.argv.slice(2).map(Number)
const repetitions = 50
const proxy = "infra/gw"
const services = 100

console.log("routes  edit                     CPU ms  wall ms  changed resources")
for (const size of sizes.length > 0 ? sizes : [100, 1_000, 10_000]) measure(size)

function measure(size: number): void {
  const translator = createTranslator({ settings: defaultSettings })
  const cold = timed(() => {
    for (const object of world(size)) translator.upsert(object)
    translator.snapshot(proxy)
    translator.statuses()
  })
  print(size, "cold build", cold, 0)
  const middle = Math.floor(size / 2)
  const edits: readonly (readonly [string, (n: number) => AnyObject | string])[] = [
    ["backend weight of a route", (n) => route(middle, { weight: 1 + (n % 2) })],
    ["path of a route", (n) => route(middle, { path: `/moved/${n % 2}` })],
    ["hostname of a route", (n) => route(middle, { host: `moved-${n % 2}.example.com` })],
    ["a route comes and goes", (n) => (n % 2 === 0 ? route(size) : `HTTPRoute/apps/${routeName(size)}`)],
    ["endpoints of a service", (n) => endpoints(middle % services, 1 + (n % 2))],
    ["annotation of the Gateway", (n) => gateway({ "gateway.envoyproxy.io/edit": String(n % 2) })],
  ]
  for (const [name, edit] of edits) measureEdit(translator, size, name, edit)
}

function measureEdit(
  translator: Translator,
  size: number,
  name: string,
  edit: (n: number) => AnyObject | string,
): void {
  const times: Time[] = []
  let changed = 0
  for (let n = 0; n < repetitions; n++) {
    const before = translator.snapshot(proxy)
    const change = edit(n)
    times.push(
      timed(() => {
        const _key = typeof change === "string" ? change : translator.upsert(change)
        if (typeof change === "string") translator.remove(change)
        const after = translator.snapshot(proxy)
        translator.statuses()
        translator.collect()
        changed = [...snapshotChanges(before, after).values()].reduce(
          (sum, c) => sum + c.put.length + c.remove.length,
          0,
        )
      }),
    )
  }
  print(size, name, median(times), changed)
}

interface Time {
  readonly cpu: number
  readonly wall: number
}

function timed(work: () => void): Time {
  const cpu = process.cpuUsage()
  const wall = performance.now()
  work()
  const { user, system } = process.cpuUsage(cpu)
  return { cpu: (user + system) / 1000, wall: performance.now() - wall }
}

function median(times: readonly Time[]): Time {
  const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0
  return { cpu: middle(times.map(({ cpu }) => cpu)), wall: middle(times.map(({ wall }) => wall)) }
}

function print(size: number, name: string, { cpu, wall }: Time, changed: number): void {
  const cells = [String(size).padStart(6), name.padEnd(26), cpu.toFixed(1).padStart(8), wall.toFixed(1).padStart(8)]
  console.log(`${cells.join(" ")} ${String(changed).padStart(8)}`)
}

// The world: one Gateway, a hundred services, half of the routes on five shared hosts and the others on one of their own.
function world(size: number): AnyObject[] {
  const objects: AnyObject[] = [
    object("gateway.networking.k8s.io/v1", "GatewayClass", undefined, "eg", {
      controllerName: defaultSettings.controllerName,
    }),
    object("v1", "Namespace", undefined, "infra", {}),
    object("v1", "Namespace", undefined, "apps", {}),
    gateway({}),
  ]
  for (let n = 0; n < services; n++) {
    objects.push(
      object("v1", "Service", "apps", `service-${n}`, {
        clusterIP: `10.0.0.${n}`,
        ports: [{ name: "http", port: 80, protocol: "TCP" }],
      }),
      endpoints(n, 1),
    )
  }
  for (let n = 0; n < size; n++) objects.push(route(n))
  return objects
}

function object(
  apiVersion: string,
  kind: string,
  namespace: string | undefined,
  name: string,
  spec: unknown,
): AnyObject {
  return { apiVersion, kind, metadata: { ...(namespace === undefined ? {} : { namespace }), name }, spec }
}

function gateway(annotations: Readonly<Record<string, string>>): AnyObject {
  const listener = { name: "http", port: 80, protocol: "HTTP", allowedRoutes: { namespaces: { from: "All" } } }
  const made = object("gateway.networking.k8s.io/v1", "Gateway", "infra", "gw", {
    gatewayClassName: "eg",
    listeners: [listener],
  })
  return { ...made, metadata: { ...made.metadata, annotations } }
}

function endpoints(n: number, count: number): AnyObject {
  const addresses = Array.from({ length: count }, (_, i) => ({
    addresses: [`10.1.${n}.${i + 1}`],
    conditions: { ready: true },
  }))
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { namespace: "apps", name: `service-${n}-1`, labels: { "kubernetes.io/service-name": `service-${n}` } },
    addressType: "IPv4",
    ports: [{ name: "http", port: 8080, protocol: "TCP" }],
    endpoints: addresses,
  } as AnyObject
}

function routeName(n: number): string {
  return `route-${String(n).padStart(6, "0")}`
}

function route(
  n: number,
  edit: { readonly weight?: number; readonly path?: string; readonly host?: string } = {},
): AnyObject {
  const host = edit.host ?? (n % 2 === 0 ? `shared-${n % 10}.example.com` : `own-${n}.example.com`)
  return object("gateway.networking.k8s.io/v1", "HTTPRoute", "apps", routeName(n), {
    parentRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "infra", name: "gw" }],
    hostnames: [host],
    rules: [
      {
        matches: [{ path: { type: "PathPrefix", value: edit.path ?? `/api/${n}` } }],
        backendRefs: [{ kind: "Service", name: `service-${n % services}`, port: 80, weight: edit.weight ?? 1 }],
      },
    ],
  })
}
