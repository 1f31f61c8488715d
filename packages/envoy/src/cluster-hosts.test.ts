import { expect, it } from "vitest"
import { clusterHosts } from "./cluster-hosts.ts"

it("reads endpoints with their numbers and with why Envoy does not use them", () => {
  const hosts = clusterHosts([
    {
      name: "c",
      host_statuses: [
        {
          address: { socket_address: { address: "127.0.0.1", port_value: 80 } },
          stats: [{ name: "cx_connect_fail", value: "2" }, { name: "rq_success" }],
          health_status: { eds_health_status: "HEALTHY" },
        },
        {
          address: { pipe: { path: "/s" } },
          health_status: { eds_health_status: "DRAINING", failed_active_health_check: true },
        },
        { address: { envoy_internal_address: {} } },
      ],
    },
    { name: "empty" },
    7,
  ])
  expect(hosts.get("empty")).toEqual([])
  expect(hosts.get("c")).toEqual([
    {
      address: { address: "127.0.0.1", port: 80 },
      unhealthy: [],
      stats: new Map([
        ["cx_connect_fail", 2],
        ["rq_success", 0],
      ]),
    },
    { address: { path: "/s" }, unhealthy: ["its endpoint is DRAINING", "its health check fails"], stats: new Map() },
    { address: undefined, unhealthy: [], stats: new Map() },
  ])
})
