import type { Destination } from "../../plan/index.ts"
import type { World } from "../../world/world.ts"
import { slicesId } from "../backends/endpoints.ts"
import type { GatewayGroup } from "./gateway-group.ts"

/**
 * The Envoy Service that exposes a proxy, as a cluster for zone aware routing; absent until the Service exists.
 *
 * Source: Envoy Gateway 1.9: found by its owner labels, in the controller's namespace or, in Gateway namespace mode, in the Gateway's own.
 */
export function planServiceCluster(world: World, group: GatewayGroup): Destination | undefined {
  const settings = world.settings()
  const first = group.gateways.find((state) => state.isAccepted)?.gateway
  if (first === undefined) return undefined
  const namespace = settings.isGatewayNamespaceMode ? first.metadata.namespace : settings.controllerNamespace
  const key = world.members("proxy-services", group.proxyKey).find((k) => k.startsWith(`Service/${namespace}/`))
  const service = key === undefined ? undefined : world.get("Service", namespace, key.slice(key.lastIndexOf("/") + 1))
  const port = service?.spec?.ports?.[0]
  if (service === undefined || port === undefined) return undefined
  const { name } = service.metadata
  const id = slicesId({ kind: "Service", namespace, name, protocol: port.protocol ?? "TCP", portName: port.name ?? "" })
  const metadata = { kind: "Service", namespace, name, sectionName: String(port.port) }
  return {
    name: group.proxyKey,
    metadata,
    settings: [
      {
        name: group.proxyKey,
        protocol: "tcp",
        addressType: "ip",
        endpoints: { type: "slices", id },
        zoneAware: { minClusterSize: 1 },
        metadata,
      },
    ],
  }
}
