import { describe, expect, it } from "vitest"
import type { AnyObject } from "../../world/world.ts"
import { gatewayClass, gatewayOf, groupOf, setOf, shown } from "../gateways/test-gateways.ts"
import { object } from "../test-world.ts"
import { attachedSets, setConditions } from "./set-status.ts"

const http = { name: "l", port: 8080, protocol: "HTTP" }
const wrong = { name: "w", port: 8081, protocol: "SCTP" }
const unready = { name: "u", port: 8443, protocol: "HTTPS", tls: { certificateRefs: [{ name: "none" }] } }
const from = (from: string, selector?: object) => ({
  spec: { allowedListeners: { namespaces: { from, ...(selector === undefined ? {} : { selector }) } } },
})
const labelled = object("Namespace", "/apps", { metadata: { labels: { team: "a" } } })

function read(gateway: AnyObject, sets: readonly AnyObject[], objects: readonly AnyObject[] = []) {
  const state = groupOf("infra/gw", [gateway, ...sets, ...objects]).gateways[0]
  if (state === undefined) throw new Error("no Gateway")
  return {
    listeners: state.listeners.map(({ irName }) => irName),
    conditions: state.sets.map((attached) => setConditions(state, attached).map((c) => shown(c))),
    attached: attachedSets(state),
  }
}

describe("ListenerSets", () => {
  it.each<[string, object, readonly AnyObject[], boolean]>([
    ["are let in by nobody who does not say so", {}, [labelled], false],
    ["are let in from everywhere", from("All"), [], true],
    ["are kept out of other namespaces", from("Same"), [], false],
    ["are let in by label", from("Selector", { matchLabels: { team: "a" } }), [labelled], true],
    ["are kept out by label", from("Selector", { matchLabels: { team: "b" } }), [labelled], false],
    ["are kept out of namespaces nobody knows", from("Selector", {}), [], false],
    ["are kept out without a selector", from("Selector"), [labelled], false],
  ])("%s", (_, gateway, objects, isLetIn) => {
    const set = setOf("apps/set", "infra/gw", [http])
    const { listeners, conditions, attached } = read(gatewayOf("infra/gw", [], gateway), [set], objects)
    expect([listeners, attached]).toEqual(isLetIn ? [["infra/gw/apps/set/l"], 1] : [[], 0])
    if (!isLetIn) {
      expect(conditions).toEqual([
        [
          "Accepted=False NotAllowed: ListenerSet attachment from namespace apps not allowed by Gateway infra/gw",
          "Programmed=False NotAllowed: Not Programmed",
        ],
      ])
    }
  })

  it("come behind the Gateway's own listeners, the oldest first", () => {
    const old = setOf("infra/z", "infra/gw", [{ ...http, port: 1 }], { creationTimestamp: "2020-01-01T00:00:00Z" })
    const young = setOf("infra/a", "infra/gw", [{ ...http, port: 2 }], { creationTimestamp: "2021-01-01T00:00:00Z" })
    const gateway = gatewayOf("infra/gw", [{ ...http, port: 80 }], from("Same"))
    expect(read(gateway, [young, old]).listeners).toEqual(["infra/gw/l", "infra/gw/infra/z/l", "infra/gw/infra/a/l"])
  })

  it.each<[string, readonly object[], readonly string[], number]>([
    [
      "all good",
      [http],
      [
        "Accepted=True Accepted: All listeners are accepted",
        "Programmed=True Programmed: All listeners are programmed",
      ],
      1,
    ],
    [
      "one bad",
      [http, wrong],
      [
        "Accepted=True ListenersNotValid: Some listeners are invalid",
        "Programmed=True Programmed: Some listeners are not programmed",
      ],
      1,
    ],
    [
      "all bad",
      [wrong],
      [
        "Accepted=False ListenersNotValid: No listeners are accepted",
        "Programmed=False ListenersNotValid: No listeners are programmed",
      ],
      0,
    ],
    [
      "none programmed",
      [unready],
      [
        "Accepted=True Accepted: All listeners are accepted",
        "Programmed=False ListenersNotValid: No listeners are programmed",
      ],
      1,
    ],
  ])("tell of their listeners when %s", (_, listeners, expected, attached) => {
    const set = setOf("infra/set", "infra/gw", listeners as (typeof http)[])
    const found = read(gatewayOf("infra/gw", [], from("Same")), [set])
    expect([found.conditions, found.attached]).toEqual([[expected], attached])
  })

  it("are refused with their Gateway", () => {
    const gateway = gatewayOf("infra/gw", [], from("All"))
    const set = setOf("infra/set", "infra/gw", [http])
    expect(read(gateway, [set], [gatewayClass("infra/none")])).toEqual({
      listeners: [],
      conditions: [
        [
          "Accepted=False ParentNotAccepted: Parent Gateway infra/gw not accepted",
          "Programmed=False Programmed: Not Programmed",
        ],
      ],
      attached: 0,
    })
  })

  it("name their reasons in words of their own", () => {
    const state = groupOf("infra/gw", [
      gatewayOf("infra/gw", [], from("Same")),
      setOf("infra/set", "infra/gw", [http, unready], { generation: 3 }),
    ]).gateways[0]
    const conditions = state?.listeners.map((l) => l.conditions.map((c) => shown(c, true)))
    expect(conditions).toEqual([
      [
        "Programmed=True Programmed",
        "Accepted=True Accepted",
        "ResolvedRefs=True ResolvedRefs",
        "Conflicted=False NoConflicts",
      ],
      ["ResolvedRefs=False InvalidCertificateRef", "Accepted=True Accepted", "Programmed=False ListenersNotValid"],
    ])
    expect(state?.listeners[0]?.conditions[0]?.observedGeneration).toBe(3)
  })
})
