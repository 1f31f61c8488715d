// For tests: Gateways of one class, and what comes of them.
import type { Condition } from "@attache/kube-api"
import { defaultSettings, type Settings } from "../../world/settings.ts"
import type { AnyObject, World } from "../../world/world.ts"
import { object, readsOf } from "../test-world.ts"
import { type GatewayGroup, readGatewayGroup } from "./gateway-group.ts"
import type { ListenerDraft } from "./listener-draft.ts"

/** The class `eg`, with parameters if given. */
export function gatewayClass(envoyProxy?: string): AnyObject {
  const [namespace, name] = (envoyProxy ?? "").split("/")
  const parametersRef = { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", namespace, name }
  return object("GatewayClass", "/eg", {
    spec: { controllerName: defaultSettings.controllerName, ...(envoyProxy === undefined ? {} : { parametersRef }) },
  })
}

/** A Gateway of the class `eg` from its listeners. */
export function gatewayOf(
  key: string,
  listeners: readonly Readonly<Record<string, unknown>>[],
  rest: { readonly spec?: object; readonly metadata?: object; readonly status?: object } = {},
): AnyObject {
  return object("Gateway", key, {
    ...(rest.metadata === undefined ? {} : { metadata: rest.metadata }),
    spec: { gatewayClassName: "eg", listeners, ...rest.spec },
    ...(rest.status === undefined ? {} : { status: rest.status }),
  })
}

/** A ListenerSet for a Gateway of its own namespace, unless `parent` says another. */
export function setOf(
  key: string,
  parent: string,
  listeners: readonly Readonly<Record<string, unknown>>[],
  metadata: object = {},
): AnyObject {
  const [namespace, name] = parent.split("/")
  return object("ListenerSet", key, { metadata, spec: { parentRef: { namespace, name }, listeners } })
}

/** An EnvoyProxy. */
export function envoyProxy(key: string, spec: object): AnyObject {
  return object("EnvoyProxy", key, { spec })
}

/** A world with the class and these objects. */
export function worldOf(objects: readonly AnyObject[], settings: Partial<Settings> = {}): World {
  const hasClass = objects.some(({ kind }) => kind === "GatewayClass")
  return readsOf([...(hasClass ? [] : [gatewayClass()]), ...objects], [], settings)
}

/** The group of a proxy over these objects. */
export function groupOf(
  proxyKey: string,
  objects: readonly AnyObject[],
  settings: Partial<Settings> = {},
): GatewayGroup {
  const group = readGatewayGroup(worldOf(objects, settings), proxyKey)
  if (group === undefined) throw new Error(`no proxy ${proxyKey}`)
  return group
}

/** Listeners of a group by irName. */
export function listenersOf(group: GatewayGroup): Readonly<Record<string, ListenerDraft>> {
  return Object.fromEntries(group.gateways.flatMap(({ listeners }) => listeners.map((l) => [l.irName, l])))
}

/** A condition as `type=status reason: message`, without the message where it is `brief`. */
export function shown({ type, status, reason, message }: Condition, isBrief = false): string {
  return `${type}=${status} ${reason}${isBrief ? "" : `: ${message}`}`
}
