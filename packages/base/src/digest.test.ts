import { describe, expect, it } from "vitest"
import { contentVersion, sha256Hex } from "./digest.ts"

describe("digests", () => {
  it("are those of the standard, for bytes and text alike", () => {
    const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    expect([sha256Hex(""), sha256Hex(new Uint8Array())]).toEqual([empty, empty])
    expect(sha256Hex("ü")).toBe(sha256Hex(Uint8Array.of(0xc3, 0xbc)))
    expect(contentVersion("")).toBe(empty.slice(0, 16))
  })
})
