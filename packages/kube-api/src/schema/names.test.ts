import { describe, expect, it } from "vitest"
import { checkMetadata } from "./metadata.ts"
import { labelKeyFaults, labelValueFaults, nameFaults } from "./names.ts"

describe("names", () => {
  it.each<[string, "subdomain" | "label" | "path-segment", string | undefined]>([
    ["a.b-1", "subdomain", undefined],
    ["A", "subdomain", "a lowercase RFC 1123 subdomain must consist of"],
    ["a".repeat(254), "subdomain", "must be no more than 253 characters"],
    ["x".repeat(10_000), "subdomain", "must be no more than 253 characters"],
    ["a-1", "label", undefined],
    ["a.b", "label", "must not contain dots"],
    ["-a", "label", "a lowercase RFC 1123 label must consist of"],
    ["a".repeat(64), "label", "must be no more than 63 characters"],
    ["a:b", "path-segment", undefined],
    ["..", "path-segment", "may not be '..'"],
    ["a/b%", "path-segment", "may not contain '/'"],
  ])("%s as a %s", (name, rule, want) => {
    const [fault] = nameFaults(name, rule)
    expect(fault?.slice(0, want?.length)).toBe(want)
  })

  it.each<[string, readonly string[]]>([
    ["a", []],
    ["example.com/A_b.c", []],
    ["", ["name part must be non-empty", "name part must consist of"]],
    ["/a", ["prefix part must be non-empty"]],
    ["A/b", ["prefix part a lowercase RFC 1123 subdomain"]],
    [`${"a".repeat(254)}/b`, ["prefix part must be no more than 253 bytes"]],
    ["a/b/c", ["a valid label key must consist of"]],
    ["a".repeat(64), ["name part must be no more than 63 bytes"]],
    ["-a", ["name part must consist of"]],
  ])("key %s", (key, want) => {
    expect(labelKeyFaults(key).map((fault, i) => fault.slice(0, want[i]?.length))).toEqual(want)
  })

  it.each<[string, readonly string[]]>([
    ["", []],
    ["A_b.c", []],
    ["-", ["a valid label must be an empty string or consist of"]],
    ["a".repeat(64), ["must be no more than 63 bytes"]],
  ])("value %s", (value, want) => {
    expect(labelValueFaults(value).map((fault, i) => fault.slice(0, want[i]?.length))).toEqual(want)
  })
})

describe("checkMetadata", () => {
  const base = { name: "a", namespace: "b" }
  it.each<[string, Readonly<Record<string, unknown>>, string, readonly (string | number)[]]>([
    ["a name", { name: "A" }, "metadata.name", ["metadata", "name"]],
    ["a namespace", { namespace: "a.b" }, "metadata.namespace", ["metadata", "namespace"]],
    ["a namespace that is no text", { namespace: 5 }, "metadata.namespace", ["metadata", "namespace"]],
    ["a label's key", { labels: { "/x": "" } }, "metadata.labels", ["metadata", "labels", "/x"]],
    ["a label's value", { labels: { x: "-" } }, "metadata.labels", ["metadata", "labels", "x"]],
    ["a label that is no text", { labels: { x: true } }, "metadata.labels", ["metadata", "labels", "x"]],
    ["labels that are no map", { labels: ["x"] }, "metadata.labels", ["metadata", "labels"]],
    [
      "an annotation's key",
      { annotations: { "a/b/c": "" } },
      "metadata.annotations",
      ["metadata", "annotations", "a/b/c"],
    ],
    [
      "large annotations",
      { annotations: { x: "y".repeat(300_000) } },
      "metadata.annotations",
      ["metadata", "annotations"],
    ],
    ["a finalizer", { finalizers: ["a/b/c"] }, "metadata.finalizers", ["metadata", "finalizers", 0]],
    ["a finalizer that is no text", { finalizers: [1] }, "metadata.finalizers", ["metadata", "finalizers", 0]],
    ["finalizers that are no list", { finalizers: "x" }, "metadata.finalizers", ["metadata", "finalizers"]],
    ["an unknown field", { anotations: {} }, "metadata.anotations", ["metadata", "anotations"]],
  ])("finds %s", (_name, part, field, path) => {
    expect(checkMetadata({ ...base, ...part }, "subdomain", true)).toMatchObject([{ field, path }])
  })

  it("lets pass what is right, upper case in keys of annotations, and nulls", () => {
    const right = { labels: { "a.b/C": "d", e: null }, annotations: { "A.B/c": "any\n" }, finalizers: null, uid: "x" }
    expect(checkMetadata({ ...base, ...right }, "subdomain", true)).toEqual([])
    expect(checkMetadata({ name: "a", namespace: "" }, "subdomain", false)).toEqual([])
  })
})
