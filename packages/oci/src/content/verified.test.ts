import { describe, expect, it } from "vitest"
import { content, noise, opener } from "../../test/artifacts.ts"
import { createSlabs, giveBack } from "../http/slabs.ts"
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
      for (; ; given++) yield bytes.subarray((given % 10) * 1000, (given % 10) * 1000 + 1000)
    }
    const take = async (): Promise<void> => {
      for await (const chunk of verified(endless(), descriptor, { from: "x" })) taken += chunk.length
    }
    await expect(take()).rejects.toThrow(failure("ATT_OCI_SIZE"))
    expect([taken, given]).toEqual([10_000, 10])
  })

  it("gives the last bytes only of what has the digest, also where memory is used again", async () => {
    const slabs = createSlabs()
    const lend = (piece: Uint8Array): Uint8Array => {
      slabs.room().set(piece)
      slabs.fill(piece.length)
      return slabs.take() ?? new Uint8Array()
    }
    async function* lent(wrong: number): AsyncGenerator<Uint8Array> {
      yield new Uint8Array()
      for (const [i, at] of [0, 3000, 6000].entries())
        yield lend(i === wrong ? noise(3000, 7) : bytes.subarray(at, at + 3000))
      yield lend(bytes.subarray(9000))
      yield new Uint8Array()
    }
    const taken = async (wrong: number): Promise<number> => {
      let count = 0
      try {
        for await (const chunk of verified(lent(wrong), descriptor, { from: "x" })) {
          count += chunk.length
          // As a receiver does who has sent it on.
          giveBack(chunk)
        }
      } catch (error) {
        expect(error).toEqual(failure("ATT_OCI_DIGEST"))
      }
      return count
    }
    expect(await Promise.all([-1, 0, 1, 2].map(taken))).toEqual([10_000, 9000, 9000, 9000])
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
