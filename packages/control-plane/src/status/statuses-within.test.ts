import type { ObjectStatus } from "@attache/translate"
import { describe, expect, it } from "vitest"
import type { Lack } from "../proxy-health/fact.ts"
import type { QuarantinedPart } from "../quarantine/record.ts"
import { statusesWithin } from "./statuses-within.ts"

const accepted = { type: "Accepted", status: "True", reason: "Accepted", message: "fine" }
const programmed = { type: "Programmed", status: "True", reason: "Programmed", message: "fine" }
const of = (kind: string, status: object): ObjectStatus =>
  ({ apiVersion: "v1", kind, namespace: "default", name: "x", status }) as unknown as ObjectStatus
const part = (object: string, more: Partial<QuarantinedPart> = {}): QuarantinedPart => ({
  proxyKey: "p",
  part: "k",
  kind: "routes",
  resource: "r",
  object,
  field: "",
  message: "no",
  isWhole: true,
  envoyVersion: "1",
  since: 0,
  ...more,
})
const conditions = (status: ObjectStatus, parts: readonly QuarantinedPart[], lacks: readonly Lack[] = []) =>
  statusesWithin([status], parts, lacks).map((each) => each.status)

describe("statusesWithin", () => {
  it("changes nothing where nothing is refused and all works", () => {
    const statuses = [of("HTTPRoute", { parents: [{ conditions: [accepted] }] })]
    expect(statusesWithin(statuses, [])).toBe(statuses)
    expect(statusesWithin(statuses, [part("HTTPRoute/default/y")])).toEqual(statuses)
  })

  it("says of an object that Envoy refuses it, or a part of it", () => {
    const route = of("HTTPRoute", { parents: [{ conditions: [accepted] }] })
    const refused = { status: "False", reason: "UnsupportedValue", message: "Envoy refuses it: no" }
    expect(conditions(route, [part("HTTPRoute/default/x")])).toEqual([
      { parents: [{ conditions: [{ ...accepted, ...refused }] }] },
    ])
    const some = part("HTTPRoute/default/x", { isWhole: false, field: "spec.rules[1]" })
    expect(conditions(route, [some])).toMatchObject([
      { parents: [{ conditions: [accepted, { type: "PartiallyInvalid", status: "True" }] }] },
    ])
  })

  it("says of the one listener of a Gateway that it is not programmed", () => {
    const listener = { conditions: [accepted, programmed] }
    const gateway = of("Gateway", { conditions: [accepted], listeners: [listener, listener] })
    const [status] = conditions(gateway, [part("Gateway/default/x", { field: "spec.listeners[1]", message: "in use" })])
    const message = "Envoy refuses spec.listeners[1]: in use"
    expect(status).toEqual({
      conditions: [accepted],
      listeners: [
        listener,
        { conditions: [accepted, { type: "Programmed", status: "False", reason: "Invalid", message }] },
      ],
    })
  })

  it("says of an object whose extension has failed that it is not working, though it is accepted", () => {
    const policy = of("EnvoyExtensionPolicy", { ancestors: [{ conditions: [accepted] }] })
    const object = { apiVersion: "v1", kind: "EnvoyExtensionPolicy", namespace: "default", name: "x" }
    const lack = { subject: "external processor", object, field: "spec.extProc[0]", reason: "nobody listens" }
    const message = "spec.extProc[0]: nobody listens"
    expect(conditions(policy, [], [lack, lack, { subject: "proxy", reason: "?" }])).toEqual([
      {
        ancestors: [
          { conditions: [accepted, { type: "Working", status: "False", reason: "ExtensionFailed", message }] },
        ],
      },
    ])
  })
})
