import { isAttacheError } from "@attache/base"
import { encode } from "@attache/envoy-api"
import {
  DeltaDiscoveryRequestSchema,
  DiscoveryRequestSchema,
} from "@attache/envoy-api/gen/envoy/service/discovery/v3/discovery_pb"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { readDeltaRequest, readSotwRequest } from "./requests.ts"

const codeOf = (call: () => unknown): string => {
  try {
    return JSON.stringify(call())
  } catch (error) {
    return isAttacheError(error) ? error.code : String(error)
  }
}

describe("a request", () => {
  it("is read in both variants", () => {
    const node = { id: "i", cluster: "c", metadata: {} }
    const errorDetail = { code: 3, message: "no" }
    const sotw = encode(DiscoveryRequestSchema, {
      node,
      typeUrl: "T",
      resourceNames: ["a"],
      responseNonce: "1",
      versionInfo: "v",
      errorDetail,
    })
    expect(readSotwRequest(sotw)).toEqual({
      node: { id: "i", cluster: "c" },
      request: { typeUrl: "T", resourceNames: ["a"], responseNonce: "1", versionInfo: "v", errorMessage: "no" },
    })
    const delta = encode(DeltaDiscoveryRequestSchema, {
      typeUrl: "T",
      resourceNamesSubscribe: ["a"],
      resourceNamesUnsubscribe: ["b"],
      initialResourceVersions: { a: "1" },
    })
    expect(readDeltaRequest(delta)).toEqual({
      node: undefined,
      request: {
        typeUrl: "T",
        subscribe: ["a"],
        unsubscribe: ["b"],
        initialVersions: new Map([["a", "1"]]),
        responseNonce: "",
        errorMessage: undefined,
      },
    })
  })

  it("is a NACK when it has error details, even without text", () => {
    expect(
      readSotwRequest(encode(DiscoveryRequestSchema, { typeUrl: "T", errorDetail: {} })).request.errorMessage,
    ).toBe("")
  })

  it("may leave its type out where the stream implies it, and only there", () => {
    const empty = encode(DiscoveryRequestSchema, {})
    const other = encode(DeltaDiscoveryRequestSchema, { typeUrl: "U" })
    expect(readSotwRequest(empty, "T").request.typeUrl).toBe("T")
    expect(codeOf(() => readSotwRequest(empty))).toBe("ATT_XDS_BAD_REQUEST")
    expect(codeOf(() => readDeltaRequest(other, "T"))).toBe("ATT_XDS_BAD_REQUEST")
  })

  it("is refused with a code when it is anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        for (const read of [readSotwRequest, readDeltaRequest])
          expect(codeOf(() => read(bytes, "T"))).toMatch(/^(ATT_XDS_BAD_REQUEST|\{)/)
      }),
    )
  })
})
