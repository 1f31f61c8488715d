import { describe, expect, it } from "vitest"
import { bytesOf, streamOf } from "../../test/byte-streams.ts"
import { checkedWasm, isWasm } from "./wasm-head.ts"

const module = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 42, 43])

describe("checkedWasm", () => {
  it.each([1, 3, 8, 100])("lets a module through in pieces of %i", async (pieceBytes) => {
    expect(await bytesOf(checkedWasm(streamOf(module, pieceBytes), "m"))).toEqual(module)
    expect(isWasm(module)).toBe(true)
  })

  it.each<[string, Uint8Array, string]>([
    ["nothing", Buffer.alloc(0), "it has 0 bytes"],
    ["half a header", module.subarray(0, 5), "it has 5 bytes"],
    ["text", Buffer.from("not a module"), "does not begin with the four bytes"],
    ["gzip", Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0]), "compressed with gzip"],
    ["a component", Buffer.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]), "a component"],
    ["another version", Buffer.from([0, 0x61, 0x73, 0x6d, 2, 0, 0, 0]), "its version is not 1"],
  ])("refuses %s before any byte comes through", async (_name, bytes, reason) => {
    let passed = 0
    const run = async (): Promise<void> => {
      for await (const piece of checkedWasm(streamOf(bytes, 3), "m.wasm")) passed += piece.length
    }
    await expect(run()).rejects.toMatchObject({ code: "ATT_OCI_NOT_WASM", message: expect.stringContaining(reason) })
    expect(passed).toBe(0)
  })
})
