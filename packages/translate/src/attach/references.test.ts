import { describe, expect, it } from "vitest"
import { isReferenceAllowed } from "./references.ts"
import { object, readsOf } from "./test-world.ts"

const from = { group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: "default" }
const to = { group: "", kind: "Service", namespace: "backends", name: "one" }
const grant = (spec: unknown) => object("ReferenceGrant", "backends/g", { spec })

describe("isReferenceAllowed", () => {
  it("always allows references inside a namespace", () => {
    expect(isReferenceAllowed(readsOf([]), from, { ...to, namespace: "default" })).toBe(true)
  })

  it.each([
    ["no grant", [], false],
    ["any name", [grant({ from: [from], to: [{ group: "", kind: "Service" }] })], true],
    ["this name", [grant({ from: [from], to: [{ group: "", kind: "Service", name: "one" }] })], true],
    ["another name", [grant({ from: [from], to: [{ group: "", kind: "Service", name: "two" }] })], false],
    ["another kind", [grant({ from: [from], to: [{ group: "", kind: "Secret" }] })], false],
    [
      "another namespace",
      [grant({ from: [{ ...from, namespace: "x" }], to: [{ group: "", kind: "Service" }] })],
      false,
    ],
    ["another group", [grant({ from: [{ ...from, group: "" }], to: [{ group: "", kind: "Service" }] })], false],
  ])("with a grant for %s", (_, objects, isAllowed) => {
    expect(isReferenceAllowed(readsOf(objects), from, to)).toBe(isAllowed)
  })
})
