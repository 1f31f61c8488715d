import type { Feature } from "../feature.ts"

/** WebSocket upgrades: allowed on every HTTPRoute, on no GRPCRoute. */
export const websocket: Feature = {
  name: "websocket",
  contributeRoute: ({ action, kind }) =>
    action.type === "forward" && kind === "httproute"
      ? { forward: { upgradeConfigs: [{ upgradeType: "websocket" }] } }
      : undefined,
}
