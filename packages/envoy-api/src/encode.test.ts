import {
  create,
  type DescField,
  type DescMessage,
  toJson as esToJson,
  fromBinary,
  type Message,
  toBinary,
} from "@bufbuild/protobuf"
import fc, { type Arbitrary } from "fast-check"
import { describe, expect, it } from "vitest"
import { MetadataSchema, NodeSchema } from "../gen/envoy/config/core/v3/base_pb.ts"
import { RouteSchema } from "../gen/envoy/config/route/v3/route_components_pb.ts"
import { encode } from "./encode.ts"
import { registry, schemaOf } from "./registry.ts"

const scalars: Readonly<Record<number, Arbitrary<unknown>>> = {
  1: fc.double({ noNaN: true }),
  2: fc.float({ noNaN: true }),
  3: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  4: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  5: fc.integer(),
  6: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  7: fc.nat(0xffffffff),
  8: fc.boolean(),
  9: fc.oneof(
    fc.string(),
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.string({ minLength: 40, maxLength: 300 }),
  ),
  12: fc.uint8Array({ maxLength: 200 }),
  13: fc.nat(0xffffffff),
  15: fc.integer(),
  16: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  17: fc.integer(),
  18: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
}

const keys: Readonly<Record<number, Arbitrary<string>>> = { 8: fc.constantFrom("true", "false"), 9: fc.string() }

/** Initialisers of any message type, in the form `create` takes. */
function initOf(desc: DescMessage, depth: number): Arbitrary<Record<string, unknown>> {
  const members = desc.members.map((member): [string, Arbitrary<unknown>] => {
    if (member.kind !== "oneof") return [member.localName, fieldOf(member, depth)]
    const cases = member.fields.filter((field) => depth > 0 || field.message === undefined)
    const chosen = cases.map((field) => fieldOf(field, depth).map((value) => ({ case: field.localName, value })))
    return [member.localName, chosen.length === 0 ? fc.constant({ case: undefined }) : fc.oneof(...chosen)]
  })
  const usable = members.filter(([name]) => depth > 0 || desc.field[name]?.message === undefined)
  return fc.record(Object.fromEntries(usable), { requiredKeys: [] })
}

function fieldOf(field: DescField, depth: number): Arbitrary<unknown> {
  const value = contentOf(field, depth)
  if (field.fieldKind === "list") return fc.array(value, { maxLength: 3 })
  if (field.fieldKind === "map")
    return fc.dictionary(keys[field.mapKey] ?? fc.nat(1000).map(String), value, { maxKeys: 4 })
  return value
}

function contentOf(field: DescField, depth: number): Arbitrary<unknown> {
  const desc = field.message
  if (desc === undefined) {
    return field.enum === undefined
      ? scalars[field.scalar!]!
      : fc.constantFrom(...field.enum.values.map((value) => value.number))
  }
  if (desc.typeName === "google.protobuf.Struct" && field.parent.typeName !== "google.protobuf.Value") return struct
  if (
    /Value$/.test(desc.typeName) &&
    desc.file.name.endsWith("wrappers") &&
    field.fieldKind === "message" &&
    field.oneof === undefined
  ) {
    return scalars[desc.fields[0]!.scalar!]!
  }
  return depth === 0 ? fc.constant({}) : initOf(desc, depth - 1)
}

const struct = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }).map(withoutMinusZero), { maxKeys: 4 })

function withoutMinusZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

/** The same content, every object with its keys in another order. */
function shuffled(value: unknown, seed: number): unknown {
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map((item) => shuffled(item, seed))
  const entries = Object.entries(value).map(([key, member]) => [key, shuffled(member, seed)] as const)
  return Object.fromEntries(entries.toSorted(([a], [b]) => hash(a, seed) - hash(b, seed)))
}

const hash = (text: string, seed: number): number =>
  [...text].reduce((sum, c) => (Math.imul(sum, 31) + c.charCodeAt(0)) | 0, seed)

const typeNames = [
  "envoy.config.route.v3.Route",
  "envoy.config.cluster.v3.Cluster",
  "envoy.config.listener.v3.Listener",
  "envoy.config.endpoint.v3.ClusterLoadAssignment",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
  "envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor",
  "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
  "envoy.service.discovery.v3.DeltaDiscoveryRequest",
  "envoy.service.ext_proc.v3.ProcessingResponse",
  "envoy.admin.v3.Clusters",
  "opentelemetry.proto.metrics.v1.ResourceMetrics",
  "google.protobuf.Struct",
  "io.prometheus.client.Metric",
]

describe("encode", () => {
  it.each(typeNames)("writes what protobuf-es reads as the same %s", (typeName) => {
    const schema = schemaOf(typeName)
    fc.assert(
      fc.property(initOf(schema, 3), (init) => {
        const message = create(schema, init as never)
        const expected = fromBinary(schema, toBinary(schema, message))
        expect(fromBinary(schema, encode(schema, message))).toEqual(expected)
        expect(fromBinary(schema, encode(schema, init as never))).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })

  it.each(typeNames)("gives the same bytes for any order of keys in %s", (typeName) => {
    const schema = schemaOf(typeName)
    fc.assert(
      fc.property(initOf(schema, 3), fc.integer(), (init, seed) => {
        expect(Buffer.compare(encode(schema, shuffled(init, seed) as never), encode(schema, init as never))).toBe(0)
      }),
      { numRuns: 30 },
    )
  })

  it("is what protobuf-es writes when there are no maps", () => {
    const init = {
      name: "r",
      match: { pathSpecifier: { case: "prefix", value: "/ä€😀" } },
      requestHeadersToRemove: ["a", "b"],
    } as const
    expect(encode(RouteSchema, init as never)).toEqual(toBinary(RouteSchema, create(RouteSchema, init as never)))
  })

  it("grows with the message and gives back bytes of their own", () => {
    const small = encode(NodeSchema, { id: "a" })
    const text = "ü".repeat(3_000_000)
    expect(fromBinary(NodeSchema, encode(NodeSchema, { id: text, cluster: "c" }))).toMatchObject({
      id: text,
      cluster: "c",
    })
    expect(small).toEqual(new Uint8Array([10, 1, 97]))
    expect(small.buffer.byteLength).toBe(3)
  })

  it("sorts map keys", () => {
    const bytes = encode(MetadataSchema, { filterMetadata: { b: { y: 1, x: [null, true] }, a: {} } })
    const metadata = fromBinary(MetadataSchema, bytes) as Message
    expect(JSON.stringify(esToJson(MetadataSchema, metadata as never, { registry }))).toBe(
      '{"filterMetadata":{"a":{},"b":{"x":[null,true],"y":1}}}',
    )
  })

  it.each([
    ["a number for text", { id: 5 }, "cannot encode field envoy.config.core.v3.Node.id: not a string: 5"],
    [
      "another message",
      { locality: { $typeName: "envoy.config.core.v3.Node" } },
      "not a envoy.config.core.v3.Locality but a envoy.config.core.v3.Node",
    ],
    [
      "a fraction",
      { userAgentVersionType: { case: "userAgentBuildVersion", value: { version: { majorNumber: 1.5 } } } },
      "major_number: not an integer",
    ],
    [
      "out of range",
      {
        listeningAddresses: [
          { address: { case: "socketAddress", value: { portSpecifier: { case: "portValue", value: -1 } } } },
        ],
      },
      "port_value: not an integer from 0",
    ],
  ])("refuses %s and names the field", (_, init, text) => {
    expect(() => encode(NodeSchema, init as never)).toThrow(text)
    expect(encode(NodeSchema, { id: "a" })).toEqual(new Uint8Array([10, 1, 97]))
  })
})
