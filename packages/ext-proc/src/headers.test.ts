import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { trackHeaders } from "./headers.ts"
import { headerMutation } from "./wire.ts"

const headerMap = (entries: readonly (readonly [string, string])[]) =>
  ({ headers: entries.map(([key, value]) => ({ key, value: "", rawValue: Buffer.from(value) })) }) as never

describe("trackHeaders", () => {
  it("tells absent from empty, and reads repeated names", () => {
    const { headers } = trackHeaders(
      headerMap([
        ["a", "1"],
        ["b", ""],
        ["a", "2"],
      ]),
    )
    expect([headers.get("A"), headers.get("b"), headers.get("c")]).toEqual(["1", "", undefined])
    expect(headers.getAll("a")).toEqual(["1", "2"])
    expect(headers.entries()).toHaveLength(3)
  })

  it("keeps bytes that are not UTF-8", () => {
    const { headers } = trackHeaders({ headers: [{ key: "a", value: "", rawValue: Uint8Array.of(0xff) }] } as never)
    expect(headers.getBytes("a")).toEqual(Uint8Array.of(0xff))
    expect(headers.get("a")).toBe("\ufffd")
  })

  it("reads the text field of a proxy without raw values", () => {
    const { headers } = trackHeaders({ headers: [{ key: "a", value: "t", rawValue: new Uint8Array(0) }] } as never)
    expect(headers.get("a")).toBe("t")
  })
})

// What Envoy does with a mutation: removals first, then settings in order.
function applied(entries: readonly (readonly [string, string])[], mutation: ReturnType<typeof headerMutation>) {
  let now = entries.filter(([name]) => !(mutation.removeHeaders ?? []).includes(name))
  for (const { header, append } of mutation.setHeaders ?? []) {
    const name = header?.key ?? ""
    if (append !== true) now = now.filter(([n]) => n !== name)
    now.push([name, Buffer.from(header?.rawValue ?? []).toString()])
  }
  return now.toSorted()
}

it("sends changes that leave Envoy with the headers the handler saw", () => {
  const name = fc.constantFrom("a", "b", "c")
  const value = fc.constantFrom("", "1", "2")
  const change = fc.tuple(fc.constantFrom("set", "append", "remove"), name, value)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(name, value), { maxLength: 4 }),
      fc.array(change, { maxLength: 8 }),
      (entries, changes) => {
        const { headers, takeChanges } = trackHeaders(headerMap(entries))
        for (const [kind, n, v] of changes) {
          if (kind === "set") headers.set(n, v)
          else if (kind === "append") headers.append(n, v)
          else headers.remove(n)
        }
        expect(applied(entries, headerMutation(takeChanges()))).toEqual(headers.entries().toSorted())
        expect(takeChanges()).toEqual([])
      },
    ),
  )
})
