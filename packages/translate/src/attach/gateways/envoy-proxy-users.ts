import type { ObjectKey, World } from "../../world/world.ts"
import { gatewaysOfClass } from "./gateway-class.ts"

/** Gateways that name an EnvoyProxy themselves or through their class, each once; some may have another in the end. */
export function gatewaysWithEnvoyProxy(world: World, envoyProxy: ObjectKey): readonly ObjectKey[] {
  const users = world.members("users-of-envoy-proxy", envoyProxy.slice("EnvoyProxy/".length))
  const gateways = users.flatMap((key) =>
    key.startsWith("GatewayClass/") ? gatewaysOfClass(world, key.slice(key.lastIndexOf("/") + 1)) : [key],
  )
  return [...new Set(gateways)]
}
