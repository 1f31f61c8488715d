import { describe, expect, it } from "vitest"
import { compareRevisions } from "./compare.ts"
import type { Revision } from "./revision.ts"

type Proxies = Revision["proxies"]

const nothing = { listeners: [], routes: [], clusters: [], endpoints: [], secrets: [] }

function revision(proxies: Proxies, object?: string): Revision {
  return { proxies, objects: () => (object === undefined ? undefined : [object]), findings: [] }
}

describe("compareRevisions", () => {
  it("leaves out proxies that notice nothing", () => {
    const same = { ...nothing, clusters: [{ name: "c" }] }
    expect(compareRevisions(revision({ p: same }), revision({ p: structuredClone(same) }))).toEqual([])
  })

  it("tells what comes, goes and changes, and from which object", () => {
    const before = revision(
      { p: { ...nothing, clusters: [{ name: "a" }, { name: "b", connectTimeout: "1s" }] } },
      "old",
    )
    const after = revision({ p: { ...nothing, clusters: [{ name: "b", connectTimeout: "2s" }, { name: "c" }] } }, "new")
    expect(compareRevisions(before, after)).toEqual([
      {
        proxy: "p",
        change: "changed",
        drains: [],
        resources: [
          { kind: "clusters", name: "a", change: "removed", differences: [], objects: ["new"] },
          {
            kind: "clusters",
            name: "b",
            change: "changed",
            differences: [{ path: "connectTimeout", before: "1s", after: "2s" }],
            objects: ["new"],
          },
          { kind: "clusters", name: "c", change: "added", differences: [], objects: ["new"] },
        ],
      },
    ])
  })

  it("pairs endpoints by the name of their cluster", () => {
    const endpoints = (policy: unknown): Proxies => ({
      p: { ...nothing, endpoints: [{ clusterName: "a", ...(policy as object) }] },
    })
    const [change] = compareRevisions(
      revision(endpoints({})),
      revision(endpoints({ policy: { weightedPriorityHealth: true } })),
    )
    expect(change?.resources).toMatchObject([{ kind: "endpoints", name: "a", change: "changed" }])
  })

  it("tells which listeners drain: those that change or go, not those that come", () => {
    const listeners = (...list: Proxies[string]["listeners"]): Proxies => ({ p: { ...nothing, listeners: list } })
    const chains = [{ name: "x" }, { name: "y" }]
    const before = listeners({ name: "a", filterChains: chains }, { name: "b" }, { name: "c", statPrefix: "1" })
    const after = listeners(
      { name: "a", filterChains: [{ name: "x" }, { name: "y", filters: [{ name: "f" }] }] },
      { name: "c", statPrefix: "2" },
      { name: "d" },
    )
    expect(compareRevisions(revision(before), revision(after))[0]?.drains).toEqual([
      { listener: "a", chains: { drained: 1, of: 2 } },
      { listener: "b" },
      { listener: "c" },
    ])
  })

  it("tells proxies that come and go", () => {
    const changes = compareRevisions(
      revision({ a: { ...nothing, listeners: [{ name: "l" }] } }),
      revision({ b: nothing }),
    )
    expect(changes).toMatchObject([
      { proxy: "a", change: "removed", drains: [{ listener: "l" }] },
      { proxy: "b", change: "added", resources: [] },
    ])
  })
})
