import { describe, expect, it } from "vitest"
import { content, noise, opener } from "../../test/artifacts.ts"
import { collect, inlineData, verified } from "./verified.ts"

const { descriptor, bytes } = content(noise(10_000))
const failure = (name: string) => expect.objectContaining({ code: name })

async function read(given: Uint8Array, offset = 0): Promise<Uint8Array> {
  return collect(verified(await opener(given, 999)(0), descriptor, { offset, from: "x" }))
}

describe("verified", () => {
  it("lets through what it should", async () => {
    expect(Buffer.compare(await read(bytes), bytes)).toBe(0)
    expect(await read(bytes.subarray(7000), 7000)).toHaveLength(3000)
  })

  it("ends in an error where content is another, or of another length", async () => {
    await expect(read(noise(10_000, 5))).rejects.toThrow(failure("ATT_OCI_DIGEST"))
    await expect(read(bytes.subarray(1))).rejects.toThrow(failure("ATT_OCI_SIZE"))
    await expect(read(bytes.subarray(7001), 7000)).rejects.toThrow(failure("ATT_OCI_SIZE"))
    await expect(read(new Uint8Array())).rejects.toThrow(failure("ATT_OCI_SIZE"))
  })

  it("never gives more than the size, and does not read on", async () => {
    let [given, taken] = [0, 0]
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (; ; given++) yield bytes.subarray(0, 1000)
    }
    const take = async (): Promise<void> => {
      for await (const chunk of verified(endless(), descriptor, { from: "x" })) taken += chunk.length
    }
    await expect(take()).rejects.toThrow(failure("ATT_OCI_SIZE"))
    expect([taken, given]).toEqual([10_000, 10])
  })

  it("checks a stream once, and again for another descriptor", async () => {
    const stream = verified(await opener(bytes)(0), descriptor, { from: "x" })
    expect(verified(stream, descriptor, { from: "y" })).toBe(stream)
    expect(verified(stream, { ...descriptor, size: 5 }, { from: "y" })).not.toBe(stream)
    expect(verified(stream, content("other").descriptor, { from: "y" })).not.toBe(stream)
    const rest = verified(await opener(bytes)(5), descriptor, { offset: 5, from: "x" })
    expect(verified(rest, descriptor, { from: "y" })).not.toBe(rest)
  })
})

describe("inlineData", () => {
  const small = content("{}").descriptor
  it.each([
    [undefined, undefined],
    ["e30=", "{}"],
    ["W10=", undefined],
    ["e30gIA==", undefined],
    ["", undefined],
  ])("of %j is %j", (data, want) => {
    const found = inlineData(data === undefined ? small : { ...small, data })
    expect(found === undefined ? undefined : Buffer.from(found).toString()).toBe(want)
  })
})
