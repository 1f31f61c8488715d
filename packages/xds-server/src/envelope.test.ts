import { decode } from "@attache/envoy-api"
import {
  DeltaDiscoveryResponseSchema,
  DiscoveryResponseSchema,
} from "@attache/envoy-api/gen/envoy/service/discovery/v3/discovery_pb"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type EncodedResponse, encodeDeltaDiscoveryResponse, encodeDiscoveryResponse } from "./envelope.ts"

const text = fc.string({ unit: "grapheme", maxLength: 40 })
const head = fc.record({ typeUrl: text, version: text, nonce: text, identifier: text })
const size = fc.oneof({ weight: 9, arbitrary: fc.nat(300) }, { weight: 1, arbitrary: fc.nat(70_000) })
const resource = fc.record({ name: text, version: text, bytes: size.map((n) => new Uint8Array(n).fill(7)) })
const resources = fc.array(resource, { maxLength: 6 })

/** What a reader of proto3 sees: absent and empty are the same. */
const plain = (bytes: Uint8Array | undefined) => [...(bytes ?? [])].length

const bytesOf = ({ pieces }: EncodedResponse): Buffer => Buffer.concat(pieces)

describe("the hand-written envelope", () => {
  it("reads as the state-of-the-world response it should be", () => {
    fc.assert(
      fc.property(head, resources, (h, list) => {
        const message = decode(DiscoveryResponseSchema, bytesOf(encodeDiscoveryResponse(h, list)))
        expect(message).toMatchObject({ versionInfo: h.version, typeUrl: h.typeUrl, nonce: h.nonce, canary: false })
        expect(message.controlPlane?.identifier ?? "").toBe(h.identifier)
        expect(message.resources.map((any) => [any.typeUrl, plain(any.value)])).toEqual(
          list.map((r) => [h.typeUrl, plain(r.bytes)]),
        )
        expect(message.$unknown).toBeUndefined()
      }),
    )
  })

  it("reads as the delta response it should be", () => {
    fc.assert(
      fc.property(head, resources, fc.array(text), fc.array(text), (h, list, removed, absent) => {
        const bytes = bytesOf(encodeDeltaDiscoveryResponse(h, list, removed, absent))
        const message = decode(DeltaDiscoveryResponseSchema, bytes)
        expect(message).toMatchObject({
          systemVersionInfo: h.version,
          typeUrl: h.typeUrl,
          nonce: h.nonce,
          removedResources: removed,
        })
        expect(message.controlPlane?.identifier ?? "").toBe(h.identifier)
        const seen = message.resources.map((r) => [r.name, r.version, r.resource?.typeUrl, plain(r.resource?.value)])
        const nothing = absent.map((name) => [name, "", undefined, 0])
        expect(message.resources.flatMap(({ aliases }) => aliases)).toEqual(absent)
        expect(seen).toEqual([...list.map((r) => [r.name, r.version, h.typeUrl, plain(r.bytes)]), ...nothing])
      }),
    )
  })

  it("is the same out of pieces as out of the whole", () => {
    const cut = fc.record({ name: text, version: text, pieces: fc.array(fc.uint8Array({ maxLength: 20 })) })
    fc.assert(
      fc.property(head, fc.array(cut, { maxLength: 3 }), (h, list) => {
        const inPieces = list.map((r) => ({ ...r, bytes: Buffer.concat(r.pieces) }))
        const whole = inPieces.map(({ pieces: _, ...r }) => r)
        expect(bytesOf(encodeDiscoveryResponse(h, inPieces))).toEqual(bytesOf(encodeDiscoveryResponse(h, whole)))
        expect(bytesOf(encodeDeltaDiscoveryResponse(h, inPieces, []))).toEqual(
          bytesOf(encodeDeltaDiscoveryResponse(h, whole, [])),
        )
      }),
    )
  })

  it("tells large states apart that differ in one resource", () => {
    const of = (fill: number) => ({ name: "n", version: `${fill}`, bytes: new Uint8Array(1_000).fill(fill) })
    const [a, b] = [of(1), of(2)]
    const h = { typeUrl: "T", version: "", nonce: "", identifier: "" }
    const many = Array.from({ length: 100 }, () => a)
    for (const some of [[a, b], [b, a], [a, a], [a, b], [b], [a]]) {
      const list = [...many, ...some]
      const seen = decode(DiscoveryResponseSchema, bytesOf(encodeDiscoveryResponse(h, list))).resources.map(
        (r) => r.value[0],
      )
      expect(seen).toEqual(list.map((r) => r.bytes[0]))
      const delta = decode(DeltaDiscoveryResponseSchema, bytesOf(encodeDeltaDiscoveryResponse(h, list, []))).resources
      expect(delta.map((r) => r.version)).toEqual(list.map((r) => r.version))
    }
  })

  it("writes the same resource under two types", () => {
    const one = { name: "n", version: "v", bytes: Uint8Array.of(1, 2, 3) }
    for (const typeUrl of ["a", "bb", "a"]) {
      const bytes = bytesOf(encodeDiscoveryResponse({ typeUrl, version: "", nonce: "", identifier: "" }, [one]))
      expect(decode(DiscoveryResponseSchema, bytes).resources[0]?.typeUrl).toBe(typeUrl)
    }
  })

  it("sends a few large resources as they are", () => {
    const bytes = new Uint8Array(100_000)
    const parts = [bytes.subarray(0, 60_000), bytes.subarray(60_000)]
    const h = { typeUrl: "T", version: "1", nonce: "1", identifier: "" }
    const { pieces, ownBytes } = encodeDiscoveryResponse(h, [
      { name: "a", version: "1", bytes },
      { name: "b", version: "1", bytes, pieces: parts },
    ])
    for (const part of [bytes, ...parts]) expect(pieces).toContain(part)
    expect(ownBytes).toBeLessThan(100)
  })

  it("never asks for the whole of what stands in pieces", () => {
    const cut = {
      name: "a",
      version: "1",
      pieces: [new Uint8Array(60_000), new Uint8Array(10)],
      get bytes(): Uint8Array {
        throw new Error("the pieces were joined")
      },
    }
    const h = { typeUrl: "T", version: "1", nonce: "1", identifier: "" }
    for (const list of [[cut], Array.from({ length: 20 }, () => cut)])
      for (const { pieces } of [encodeDiscoveryResponse(h, list), encodeDeltaDiscoveryResponse(h, list, [])])
        expect(pieces.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(60_010 * list.length)
  })

  it("holds a large state once, for all that are sent it", () => {
    const large = { name: "n", version: "v", bytes: new Uint8Array(100_000) }
    const of = (nonce: string, list: readonly (typeof large)[]): EncodedResponse =>
      encodeDiscoveryResponse({ typeUrl: "T", version: "1", nonce, identifier: "" }, list)
    const many = Array.from({ length: 20 }, () => large)
    const [first, second] = [of("1", many), of("2", many)]
    expect(second.pieces[1]).toBe(first.pieces[1])
    expect(first.ownBytes).toBeGreaterThan(100_000)
    expect(second.ownBytes).toBeLessThan(100)
    expect(of("3", [...many.slice(1), { ...large }]).pieces[1]).not.toBe(first.pieces[1])
  })
})
