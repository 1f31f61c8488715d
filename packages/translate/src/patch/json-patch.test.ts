import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { applyPatch, type PatchOperation } from "./json-patch.ts"
import type { Json } from "./json-value.ts"
import { formatPointer, joinPointer, parsePointer } from "./pointer.ts"

const cases: readonly (readonly [
  name: string,
  document: Json,
  operations: readonly PatchOperation[],
  want: Json | string,
])[] = [
  // RFC 6902, appendix A.
  ["A.1 add a member", { foo: "bar" }, [{ op: "add", path: "/baz", value: "qux" }], { baz: "qux", foo: "bar" }],
  [
    "A.2 add an element",
    { foo: ["bar", "baz"] },
    [{ op: "add", path: "/foo/1", value: "qux" }],
    { foo: ["bar", "qux", "baz"] },
  ],
  ["A.3 remove a member", { baz: "qux", foo: "bar" }, [{ op: "remove", path: "/baz" }], { foo: "bar" }],
  [
    "A.4 remove an element",
    { foo: ["bar", "qux", "baz"] },
    [{ op: "remove", path: "/foo/1" }],
    { foo: ["bar", "baz"] },
  ],
  [
    "A.5 replace",
    { baz: "qux", foo: "bar" },
    [{ op: "replace", path: "/baz", value: "boo" }],
    { baz: "boo", foo: "bar" },
  ],
  [
    "A.6 move a member",
    { foo: { bar: "baz", waldo: "fred" }, qux: { corge: "grault" } },
    [{ op: "move", from: "/foo/waldo", path: "/qux/thud" }],
    { foo: { bar: "baz" }, qux: { corge: "grault", thud: "fred" } },
  ],
  [
    "A.7 move an element",
    { foo: ["all", "grass", "cows", "eat"] },
    [{ op: "move", from: "/foo/1", path: "/foo/3" }],
    { foo: ["all", "cows", "eat", "grass"] },
  ],
  [
    "A.8 test, success",
    { baz: "qux", foo: ["a", 2, "c"] },
    [
      { op: "test", path: "/baz", value: "qux" },
      { op: "test", path: "/foo/1", value: 2 },
    ],
    { baz: "qux", foo: ["a", 2, "c"] },
  ],
  [
    "A.9 test, error",
    { baz: "qux" },
    [{ op: "test", path: "/baz", value: "bar" }],
    "testing value /baz failed: test failed",
  ],
  [
    "A.10 add a nested object",
    { foo: "bar" },
    [{ op: "add", path: "/child", value: { grandchild: {} } }],
    { foo: "bar", child: { grandchild: {} } },
  ],
  ["A.14 escapes", { "/": 9, "~1": 10 }, [{ op: "test", path: "/~01", value: 10 }], { "/": 9, "~1": 10 }],
  [
    "A.15 string and number",
    { "~1": 10 },
    [{ op: "test", path: "/~01", value: "10" }],
    "testing value /~01 failed: test failed",
  ],
  ["A.16 append", { foo: ["bar"] }, [{ op: "add", path: "/foo/-", value: ["abc"] }], { foo: ["bar", ["abc"]] }],
  // Where Envoy Gateway differs.
  [
    "missing parents are objects",
    { foo: 1 },
    [{ op: "add", path: "/a/b/c", value: 2 }],
    { foo: 1, a: { b: { c: 2 } } },
  ],
  ["or arrays", {}, [{ op: "add", path: "/a/0/b", value: 2 }], { a: [{ b: 2 }] }],
  ["filled up with null", {}, [{ op: "add", path: "/a/2", value: 1 }], { a: [null, null, 1] }],
  ["also those that exist", { a: [0] }, [{ op: "add", path: "/a/2/b", value: 1 }], { a: [0, null, { b: 1 }] }],
  ["an element behind the last", { a: [] }, [{ op: "add", path: "/a/-", value: 1 }], { a: [1] }],
  ["a new array through a dash", {}, [{ op: "add", path: "/a/-", value: 1 }], { a: [1] }],
  ["null counts as missing", { a: null }, [{ op: "add", path: "/a/b", value: 1 }], { a: { b: 1 } }],
  ["parents that are scalars", { a: 1 }, [{ op: "add", path: "/a/b", value: 1 }], "invalid state detected"],
  ["positions from the end", { a: [1, 2] }, [{ op: "replace", path: "/a/-1", value: 3 }], { a: [1, 3] }],
  ["the position behind the last", { a: [1, 2] }, [{ op: "add", path: "/a/-1", value: 3 }], { a: [1, 2, 3] }],
  [
    "other negative positions of new arrays",
    {},
    [{ op: "add", path: "/a/-2", value: 3 }],
    "Unable to ensure path for negative index other than -1: -2: invalid index referenced",
  ],
  [
    "positions out of range",
    { a: [1] },
    [{ op: "add", path: "/a/3", value: 2 }],
    "error in add for path: '/a/3': Unable to access invalid index: 3: invalid index referenced",
  ],
  [
    "positions far out of range",
    {},
    [{ op: "add", path: "/a/999999999", value: 2 }],
    "Unable to fill an array up to index 999999999: invalid index referenced",
  ],
  [
    "names as positions",
    { a: [1] },
    [{ op: "remove", path: "/a/x" }],
    `error in remove for path: '/a/x': strconv.Atoi: parsing "x": invalid syntax`,
  ],
  [
    "names as positions of new elements",
    { a: [1] },
    [{ op: "add", path: "/a/x", value: 1 }],
    `error in add for path: '/a/x': value was not a proper array index: 'x': strconv.Atoi: parsing "x": invalid syntax`,
  ],
  [
    "replace wants the member",
    { a: 1 },
    [{ op: "replace", path: "/b", value: 2 }],
    "replace operation does not apply: doc is missing key: /b: missing value",
  ],
  [
    "replace wants the parent",
    { a: 1 },
    [{ op: "replace", path: "/b/c", value: 2 }],
    "replace operation does not apply: doc is missing path: /b/c: missing value",
  ],
  [
    "remove wants the member",
    { a: 1 },
    [{ op: "remove", path: "/b" }],
    "error in remove for path: '/b': unable to remove nonexistent key: b: missing value",
  ],
  [
    "remove wants the parent",
    { a: 1 },
    [{ op: "remove", path: "/b/c" }],
    'remove operation does not apply: doc is missing path: "/b/c": missing value',
  ],
  [
    "the whole cannot be removed",
    { a: 1 },
    [{ op: "remove", path: "" }],
    "error in remove for path: '': unable to remove nonexistent key: : missing value",
  ],
  ["the whole can be replaced", { a: 1 }, [{ op: "replace", path: "", value: { b: 2 } }], { b: 2 }],
  [
    "but not by a scalar",
    { a: 1 },
    [{ op: "replace", path: "", value: 2 }],
    "replace operation value must be object or array",
  ],
  [
    "the whole cannot be moved",
    { a: 1 },
    [{ op: "move", from: "", path: "/b" }],
    "unable to move entire document to another path: invalid state detected",
  ],
  ["the whole can be copied", { a: 1 }, [{ op: "copy", from: "", path: "/b" }], { a: 1, b: { a: 1 } }],
  [
    "copies are their own",
    { a: { x: 1 } },
    [
      { op: "copy", from: "/a", path: "/b" },
      { op: "add", path: "/b/x", value: 2 },
    ],
    { a: { x: 1 }, b: { x: 2 } },
  ],
  [
    "copy makes no parents",
    { a: 1 },
    [{ op: "copy", from: "/a", path: "/b/c" }],
    "copy operation does not apply: doc is missing destination path: /b/c: missing value",
  ],
  [
    "copy wants the source",
    { a: 1 },
    [{ op: "copy", from: "/x", path: "/b" }],
    "error in copy for from: '/x': unable to get nonexistent key: x: missing value",
  ],
  [
    "move wants the source",
    { a: 1 },
    [{ op: "move", from: "/x/y", path: "/b" }],
    "move operation does not apply: doc is missing from path: /x/y: missing value",
  ],
  [
    "move into itself",
    { a: { b: 1 } },
    [{ op: "move", from: "/a", path: "/a/c" }],
    "move operation does not apply: doc is missing destination path: /a/c: missing value",
  ],
  ["a test of nothing passes for null", { a: 1 }, [{ op: "test", path: "/b", value: null }], { a: 1 }],
  [
    "a test below nothing fails",
    { a: 1 },
    [{ op: "test", path: "/b/c", value: null }],
    "test operation does not apply: is missing path: /b/c: missing value",
  ],
  [
    "a test behind the last fails",
    { a: [] },
    [{ op: "test", path: "/a/0", value: null }],
    "error in test for path: '/a/0': Unable to access invalid index: 0: invalid index referenced",
  ],
  [
    "a test of the whole",
    { a: [1, { b: 2 }] },
    [{ op: "test", path: "", value: { a: [1, { b: 2 }] } }],
    { a: [1, { b: 2 }] },
  ],
  ["text before the first slash is ignored", { bar: 1 }, [{ op: "remove", path: "foo/bar" }], {}],
  [
    "a text without a slash points nowhere",
    { foo: 1 },
    [{ op: "remove", path: "foo" }],
    'remove operation does not apply: doc is missing path: "foo": missing value',
  ],
  [
    "names of the language are names",
    {},
    [{ op: "add", path: "/__proto__/constructor", value: 1 }],
    JSON.parse('{"__proto__":{"constructor":1}}'),
  ],
  [
    "inherited members are none",
    {},
    [{ op: "remove", path: "/toString" }],
    "error in remove for path: '/toString': unable to remove nonexistent key: toString: missing value",
  ],
  [
    "all or none",
    { a: 1 },
    [
      { op: "add", path: "/b", value: 2 },
      { op: "remove", path: "/c" },
    ],
    "error in remove for path: '/c': unable to remove nonexistent key: c: missing value",
  ],
]

describe("a JSON Patch", () => {
  it.each(cases)("%s", (_, document, operations, want) => {
    const before = JSON.stringify(document)
    const result = applyPatch(document, operations)
    expect(result.error ?? result).toEqual(typeof want === "string" ? want : { document: want })
    expect(JSON.stringify(document)).toBe(before)
  })

  const key = fc.oneof(
    fc.constantFrom("a", "b", "~", "/", "", "0", "1", "-", "-1", "__proto__"),
    fc.string({ maxLength: 3 }),
  )
  const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>
  const pointer = fc.array(key, { maxLength: 4 }).map(formatPointer)
  const operation: fc.Arbitrary<PatchOperation> = fc.oneof(
    fc.record({ op: fc.constantFrom("add" as const, "replace" as const, "test" as const), path: pointer, value: json }),
    fc.record({ op: fc.constant("remove" as const), path: pointer }),
    fc.record({ op: fc.constantFrom("move" as const, "copy" as const), path: pointer, from: pointer }),
  )

  it("never throws and never changes what it was given", () => {
    fc.assert(
      fc.property(json, fc.array(operation, { maxLength: 5 }), (document, operations) => {
        const before = JSON.stringify([document, operations])
        const result = applyPatch(document, operations)
        expect(JSON.stringify([document, operations])).toBe(before)
        if (result.error === undefined)
          expect(JSON.parse(JSON.stringify(result.document))).toEqual(positiveZeros(result.document))
        else expect(result.error).not.toBe("")
      }),
      { numRuns: 500 },
    )
  })

  const places = (value: Json, at: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] => {
    if (typeof value !== "object" || value === null) return []
    const own = Array.isArray(value) ? [...value.keys()] : Object.keys(value).filter((k) => k !== "")
    const read = value as { readonly [key: string]: Json }
    return own.flatMap((k) => [[...at, k], ...places(read[k] as Json, [...at, k])])
  }
  const read = (value: Json, at: readonly (string | number)[]): Json =>
    at.reduce<Json>((v, k) => (v as { readonly [key: string]: Json })[k] as Json, value)
  const documentAndPlace = json
    .map((document) => ({ document, all: places(document) }))
    .filter(({ all }) => all.length > 0)
    .chain(({ document, all }) => fc.record({ document: fc.constant(document), place: fc.constantFrom(...all) }))

  it("replaces what a naive reading finds, and back again", () => {
    fc.assert(
      fc.property(documentAndPlace, json, ({ document, place }, value) => {
        const path = formatPointer(place)
        const old = read(document, place)
        const there = applyPatch(document, [
          { op: "test", path, value: old },
          { op: "replace", path, value },
        ])
        if (there.error !== undefined) throw new Error(there.error)
        expect(read(there.document, place)).toEqual(value)
        expect(applyPatch(there.document, [{ op: "replace", path, value: old }])).toEqual({ document })
      }),
    )
  })

  it("adds again what it removed", () => {
    fc.assert(
      fc.property(documentAndPlace, ({ document, place }) => {
        const path = formatPointer(place)
        const removed = applyPatch(document, [{ op: "remove", path }])
        if (removed.error !== undefined) throw new Error(removed.error)
        const added = applyPatch(removed.document, [{ op: "add", path, value: read(document, place) }])
        expect(added).toEqual({ document })
      }),
    )
  })

  it("moves like copy and remove of a sibling", () => {
    fc.assert(
      fc.property(documentAndPlace, ({ document, place }) => {
        const from = formatPointer(place)
        const moved = applyPatch({ document, target: {} }, [
          { op: "move", from: `/document${from}`, path: "/target/x" },
        ])
        const copied = applyPatch({ document, target: {} }, [
          { op: "copy", from: `/document${from}`, path: "/target/x" },
          { op: "remove", path: `/document${from}` },
        ])
        expect(moved).toEqual(copied)
        expect(moved.error).toBeUndefined()
      }),
    )
  })
})

describe("a JSON Pointer", () => {
  it("is read as it was written", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (tokens) => {
        expect(parsePointer(formatPointer(tokens))).toEqual(tokens)
      }),
    )
  })

  it.each([
    ["/a", "b", "/a/b"],
    ["/a", "/b", "/a/b"],
    ["/a/", "/b", "/a/b"],
    ["/a", "", "/a"],
    ["/a", "/", "/a/"],
  ])("%j continued by %j is %j", (pointer, path, want) => expect(joinPointer(pointer, path)).toBe(want))
})

/** JSON has no negative zero. */
function positiveZeros(value: Json): Json {
  if (Array.isArray(value)) return value.map(positiveZeros)
  if (typeof value === "number") return value === 0 ? 0 : value
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, positiveZeros(member)]))
}
