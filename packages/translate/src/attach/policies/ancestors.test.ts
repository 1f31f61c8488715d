import type { Condition } from "@attache/kube-api"
import { describe, expect, it } from "vitest"
import { ancestorsInOrder, type PolicyAncestor } from "./ancestors.ts"

const condition = (type: string, status: "True" | "False"): Condition => ({ type, status, reason: type, message: "" })
const ancestor = (name: string, ...conditions: Condition[]): PolicyAncestor => ({
  ancestorRef: { kind: "Gateway", namespace: "infra", name },
  conditions,
})
const many = Array.from({ length: 20 }, (_, i) =>
  ancestor(`gw-${String(19 - i).padStart(2, "0")}`, condition("Accepted", "True")),
)

describe("ancestorsInOrder", () => {
  it("leaves lists alone that fit", () => {
    const few = many.slice(0, 16)
    expect(ancestorsInOrder(few)).toBe(few)
  })

  it("keeps refused ones, then overridden ones, then by name, and says that it cut", () => {
    const refused = ancestor("z-refused", condition("Accepted", "False"))
    const overridden = ancestor("y-overridden", condition("Accepted", "True"), condition("Overridden", "True"))
    const kept = ancestorsInOrder([...many, overridden, refused])
    expect(kept.map(({ ancestorRef }) => ancestorRef.name).slice(0, 4)).toEqual([
      "z-refused",
      "y-overridden",
      "gw-00",
      "gw-01",
    ])
    expect(kept).toHaveLength(16)
    expect(kept.at(-1)?.conditions.at(-1)).toMatchObject({ type: "Aggregated", status: "True" })
  })
})
