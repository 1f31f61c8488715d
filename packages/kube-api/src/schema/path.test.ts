import { describe, expect, it } from "vitest"
import { dottedPath, fieldPath, type PathStep } from "./path.ts"

describe("paths", () => {
  it.each<[readonly PathStep[], string, string]>([
    [[], "", ""],
    [["spec", "rules", 0, "matches"], "spec.rules[0].matches", "spec.rules[0].matches"],
    [["labels", "a.b/c"], "labels[a.b/c]", "labels.a.b/c"],
    [["x-y", "$z", "1"], "x-y.$z[1]", "x-y.$z.1"],
  ])("%j", (path, forPeople, dotted) => {
    expect(fieldPath(path)).toBe(forPeople)
    expect(dottedPath(path)).toBe(dotted)
  })
})
