// Endpoints of a service port, read apart from routes: an edit of an EndpointSlice reaches the cluster's endpoints only.
import type { EndpointSlice } from "@attache/kube-api"
import type { AddressType, PlanEndpoint } from "../../plan/index.ts"
import { byAge } from "../../world/order.ts"
import type { World } from "../../world/world.ts"

/** A port of a Service or ServiceImport whose EndpointSlices give the endpoints. */
export interface SlicePort {
  readonly kind: "Service" | "ServiceImport"
  readonly namespace: string
  readonly name: string
  /** `TCP` or `UDP`. */
  readonly protocol: string
  /** Name of the port; EndpointSlices are matched by it. Empty for the only port. */
  readonly portName: string
}

/** What routes may know of endpoints. Equal facts keep a change of endpoints from routes. */
export interface EndpointFacts {
  /** No slice has an address for the port. */
  readonly isEmpty: boolean
  /** Over all slices of the owner; absent when there are none. */
  readonly addressType?: AddressType
}

type Endpoint = NonNullable<EndpointSlice["endpoints"]>[number]

/** Id of an `EndpointSource` of type `slices`: `{kind}/{namespace}/{name}/{protocol}/{port name}`. */
export function slicesId(port: SlicePort): string {
  return `${port.kind}/${port.namespace}/${port.name}/${port.protocol}/${port.portName}`
}

/** The port behind an id of {@link slicesId}. */
export function parseSlicesId(id: string): SlicePort {
  const [kind = "", namespace = "", name = "", protocol = "", portName = ""] = id.split("/")
  return { kind: kind === "ServiceImport" ? kind : "Service", namespace, name, protocol, portName }
}

/**
 * Endpoints behind an id: every address of every endpoint with a port of that name and protocol, slices in order of age.
 *
 * An endpoint that is not ready stays and drains: when serving and terminating are both known they decide, else `ready: false` does.
 * Source: Envoy Gateway 1.9.
 */
export function readEndpoints(world: World, id: string): readonly PlanEndpoint[] {
  const port = parseSlicesId(id)
  return slicesOf(world, port).flatMap((slice) => sliceEndpoints(slice, port))
}

/** Facts of the endpoints behind an id. FQDN slices beside others are `mixed`, which no cluster can carry. */
export function readEndpointFacts(world: World, id: string): EndpointFacts {
  const port = parseSlicesId(id)
  const slices = slicesOf(world, port)
  const isEmpty = !slices.some((slice) => sliceEndpoints(slice, port).length > 0)
  if (slices.length === 0) return { isEmpty }
  const names = slices.filter((slice) => slice.addressType === "FQDN").length
  return { isEmpty, addressType: names === 0 ? "ip" : names === slices.length ? "fqdn" : "mixed" }
}

function slicesOf(world: World, port: SlicePort): readonly EndpointSlice[] {
  const keys = world.members("slices", `${port.kind}/${port.namespace}/${port.name}`)
  const slices = keys.flatMap((key) => {
    const slice = world.get("EndpointSlice", port.namespace, key.slice(key.lastIndexOf("/") + 1))
    return slice === undefined ? [] : [slice]
  })
  return slices.sort(byAge)
}

function sliceEndpoints(slice: EndpointSlice, port: SlicePort): PlanEndpoint[] {
  const result: PlanEndpoint[] = []
  for (const endpoint of slice.endpoints ?? []) {
    const isDraining = drains(endpoint)
    for (const { name = "", protocol = "TCP", port: number } of slice.ports ?? []) {
      if (name !== port.portName || protocol !== port.protocol || number === undefined) continue
      for (const host of endpoint.addresses) {
        result.push({
          address: { type: "socket", host, port: number },
          ...(endpoint.zone === undefined ? {} : { zone: endpoint.zone }),
          ...(isDraining ? { isDraining } : {}),
        })
      }
    }
  }
  return result
}

function drains({ conditions }: Endpoint): boolean {
  const { ready, serving, terminating } = conditions ?? {}
  if (serving !== undefined && terminating !== undefined) return terminating || !serving
  return ready === false
}
