// Worlds of any size for tests and benchmarks: the same objects for the same size, and edits that each change one of them.
import { defaultSettings, type Settings } from "../world/settings.ts"
import { type AnyObject, keyOf, type ObjectKey } from "../world/world.ts"
import {
  certificateObject,
  type GeneratedListener,
  gatewayObject,
  generatedListeners,
  groundObjects,
  type ListenerPorts,
  luaPolicyObject,
  patchPolicyObject,
  processorPolicyObject,
  routeObject,
  routesOfService,
  serviceName,
  serviceObject,
  slicesObject,
  tlsPolicyObject,
} from "./generated-objects.ts"

/** What a world is like. */
export interface WorldShape {
  /** Routes of the listener `web`; `internal` and `secure` have a twentieth of that each, at least one. */
  readonly routes: number
  /** Default 80, 8080 and 443. */
  readonly ports?: ListenerPorts
  /** Whether an EnvoyPatchPolicy changes the route configuration of `web`. Default false. */
  readonly isRoutesPatched?: boolean
}

/** Key of the only proxy of a generated world. */
export const generatedProxy = "infra/gw"

/** Settings under which everything in a generated world is in force. */
export const generatedSettings: Settings = {
  ...defaultSettings,
  isBackendEnabled: true,
  isLuaEnabled: true,
  isPatchPolicyEnabled: true,
}

/** Routes from one with a policy of a kind to the next; services likewise. */
const everyRoute = 100
const everyService = 20

/**
 * All objects of a world.
 *
 * One Gateway with three listeners; a Service with two endpoints for each four routes; of a hundred routes one has Lua
 * and one an external processor; one of twenty Services is called over TLS; one patch on a listener.
 */
export function generateWorld({
  routes,
  ports = defaultPorts,
  isRoutesPatched = false,
}: WorldShape): readonly AnyObject[] {
  const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n)
  const each = (step: number, from: number): readonly number[] => upTo(routes).filter((n) => n % step === from)
  const services = upTo(Math.ceil(routes / routesOfService))
  return [
    ...groundObjects(),
    gatewayObject(ports, 0),
    ...services.flatMap((n) => [serviceObject(serviceName(n), 0), slicesObject(serviceName(n), n, 0)]),
    ...(Object.keys(generatedListeners) as GeneratedListener[]).flatMap((listener) =>
      upTo(Math.max(1, Math.floor((routes * generatedListeners[listener]) / 100))).map((n) => routeObject(listener, n)),
    ),
    ...each(everyRoute, 10).map((n) => luaPolicyObject(n, 0)),
    ...each(everyRoute, 20).map((n) => processorPolicyObject(n, 0)),
    ...services.filter((n) => n % everyService === 5).map((n) => tlsPolicyObject(n, 0)),
    patchPolicyObject("listener", 0),
    ...(isRoutesPatched ? [patchPolicyObject("routes", 0)] : []),
  ]
}

const defaultPorts: ListenerPorts = { web: 80, internal: 8080, secure: 443 }

/** An object in place of the one before it, or the key of one that goes. Versions from 1 on; each differs from the one before. */
export type WorldEdit = (version: number) => AnyObject | ObjectKey

/** Edits of a world by name; all but the last two change what concerns a handful of routes. */
export function worldEdits({ routes, ports = defaultPorts }: WorldShape) {
  // Somewhere in the middle, and neither the first nor the last of its hundred.
  const middle = Math.floor(routes / 200) * 100
  const route = middle + 32
  const service = Math.floor(route / routesOfService)
  const newcomer = routeObject("web", routes, { service })
  const tlsService = Math.floor(services(routes) / 2 / everyService) * everyService + 5
  return {
    "weight in a route": (n) => routeObject("web", route, { weight: 1 + n }),
    "path of a route": (n) => routeObject("web", route, { path: `/moved/${n}` }),
    "hostname of a route": (n) => routeObject("web", route, { host: `moved-${n}.example.com` }),
    "route comes and goes": (n) => (n % 2 === 1 ? newcomer : keyOf(newcomer)),
    "endpoints of a service": (n) => slicesObject(serviceName(service), service, n),
    "protocol of a service": (n) => serviceObject(serviceName(service), n),
    "Lua of a route": (n) => luaPolicyObject(middle + 10, n),
    "external processor of a route": (n) => processorPolicyObject(middle + 20, n),
    "TLS to a service": (n) => tlsPolicyObject(tlsService, n),
    "certificate of a listener": (n) => certificateObject(n),
    "patch of a listener": (n) => patchPolicyObject("listener", n),
    "annotation of the Gateway": (n) => gatewayObject(ports, n),
  } satisfies Readonly<Record<string, WorldEdit>>
}

function services(routes: number): number {
  return Math.ceil(routes / routesOfService)
}
