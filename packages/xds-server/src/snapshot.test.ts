import { contentVersion } from "@attache/base"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  changedNames,
  createSnapshot,
  emptySnapshot,
  type ResourceInput,
  type Snapshot,
  typeOf,
  updateSnapshot,
} from "./snapshot.ts"

const text = (name: string, value: string) => ({ name, bytes: Buffer.from(value) })
const contents = fc.dictionary(fc.constantFrom("a", "b", "c", "d", "e"), fc.constantFrom("1", "2", "3"))
const snapshotOf = (values: Record<string, string>, previous?: Snapshot): Snapshot =>
  createSnapshot({ T: Object.entries(values).map(([n, v]) => text(n, v)) }, previous)

describe("a snapshot", () => {
  it("takes content hashes as versions", () => {
    const type = typeOf(snapshotOf({ a: "1" }), "T")
    expect(type.resources.get("a")).toMatchObject({ name: "a", version: contentVersion("1") })
    expect(typeOf(emptySnapshot, "T").resources.size).toBe(0)
  })

  it("shares what did not change with its predecessor", () => {
    const first = snapshotOf({ a: "1", b: "1" })
    const second = snapshotOf({ a: "1", b: "2" }, first)
    expect(typeOf(second, "T").resources.get("a")).toBe(typeOf(first, "T").resources.get("a"))
    expect(typeOf(snapshotOf({ a: "1", b: "1" }, first), "T")).toBe(typeOf(first, "T"))
    expect(updateSnapshot(first, { T: { put: [text("a", "1")] } }).types.get("T")).toBe(first.types.get("T"))
  })

  it("keeps the newest origins of unchanged bytes, without a change for the client", () => {
    const first = createSnapshot({ T: [{ ...text("a", "1"), origins: "old" }] })
    const second = createSnapshot({ T: [{ ...text("a", "1"), origins: "new" }] }, first)
    expect(typeOf(second, "T").resources.get("a")?.origins).toBe("new")
    expect(changedNames(typeOf(first, "T"), typeOf(second, "T"))).toEqual([])
    expect(typeOf(second, "T").version).toBe(typeOf(first, "T").version)
  })

  it("is the same whether made whole or by changes", () => {
    fc.assert(
      fc.property(contents, contents, (before, after) => {
        const first = snapshotOf(before)
        const remove = Object.keys(before).filter((name) => !(name in after))
        const changed = updateSnapshot(first, { T: { remove, put: Object.entries(after).map(([n, v]) => text(n, v)) } })
        const whole = snapshotOf(after)
        const plain = (s: Snapshot) => [...typeOf(s, "T").resources].map(([n, r]) => [n, r.version]).sort()
        expect(plain(changed)).toEqual(plain(whole))
        expect(typeOf(changed, "T").version).toBe(typeOf(whole, "T").version)
        const names = Object.keys({ ...before, ...after })
          .filter((n) => before[n] !== after[n])
          .sort()
        expect([...changedNames(typeOf(first, "T"), typeOf(changed, "T"))].sort()).toEqual(names)
        expect([...changedNames(typeOf(first, "T"), typeOf(whole, "T"))].sort()).toEqual(names)
      }),
    )
  })

  it("joins no pieces by itself", () => {
    const part = Buffer.from("ab")
    const input = (version: string): ResourceInput => ({
      name: "r",
      version,
      pieces: [part, part],
      get bytes(): Uint8Array {
        throw new Error("joined")
      },
    })
    const first = updateSnapshot(emptySnapshot, { T: { put: [input("1")] } })
    const second = updateSnapshot(first, { T: { put: [input("2")] } })
    const resource = typeOf(second, "T").resources.get("r")
    expect(resource?.pieces).toEqual([part, part])
    expect(Buffer.from(resource?.bytes ?? []).toString()).toBe("abab")
  })

  it("compares two states once", () => {
    const [a, b] = [typeOf(snapshotOf({ a: "1" }), "T"), typeOf(snapshotOf({ a: "2" }), "T")]
    expect(changedNames(a, b)).toBe(changedNames(a, b))
  })
})
