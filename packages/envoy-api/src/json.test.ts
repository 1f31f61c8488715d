import { create } from "@bufbuild/protobuf"
import { describe, expect, it } from "vitest"
import { ClusterSchema } from "../gen/envoy/config/cluster/v3/cluster_pb.ts"
import { NodeSchema } from "../gen/envoy/config/core/v3/base_pb.ts"
import { ListenerSchema } from "../gen/envoy/config/listener/v3/listener_pb.ts"
import { RouteConfigurationSchema } from "../gen/envoy/config/route/v3/route_pb.ts"
import { decode, unpackAny, unpackAs } from "./decode.ts"
import { anyOf, encode } from "./encode.ts"
import { fromJson, parseJson } from "./from-json.ts"
import { normalize } from "./normalize.ts"
import { toJson } from "./to-json.ts"
import { ValueSchema } from "./well-known-schemas.ts"

const route = "envoy.config.route.v3.RouteConfiguration"
const lua = "type.googleapis.com/envoy.extensions.filters.http.lua.v3.LuaPerRoute"
const perFilter = (config: object) => ({
  virtualHosts: [{ name: "a", routes: [{ name: "r" }, { typedPerFilterConfig: { "x.y": config } }] }],
})
const inner = 'virtualHosts[0].routes[1].typedPerFilterConfig["x.y"]'

describe("parseJson", () => {
  it.each([
    ["top level", { nmae: "x" }, [["ATT_PROTO_UNKNOWN_FIELD", "nmae", "nmae"]]],
    [
      "in a list",
      { virtualHosts: [{}, { domain: 1 }] },
      [["ATT_PROTO_UNKNOWN_FIELD", "virtualHosts[1].domain", "domain"]],
    ],
    ["snake case is known", { virtual_hosts: [{ include_request_attempt_count: true }] }, []],
    [
      "inside Any",
      perFilter({ "@type": lua, disable: 1 }),
      [["ATT_PROTO_UNKNOWN_FIELD", `${inner}.disable`, "disable"]],
    ],
    [
      "key of a map",
      perFilter({ "@type": lua, sourceCode: { "in-line": "" } }),
      [["ATT_PROTO_UNKNOWN_FIELD", `${inner}.sourceCode["in-line"]`, "in-line"]],
    ],
    [
      "unknown type",
      perFilter({ "@type": "type.googleapis.com/a.B", x: 1 }),
      [["ATT_PROTO_UNKNOWN_TYPE", inner, "type.googleapis.com/a.B"]],
    ],
    [
      "Any in Any",
      perFilter({ "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", config: { "@type": "x/c.D" } }),
      [["ATT_PROTO_UNKNOWN_TYPE", `${inner}.config`, "x/c.D"]],
    ],
    [
      "prototype names",
      JSON.parse('{"__proto__":1,"constructor":2}'),
      [
        ["ATT_PROTO_UNKNOWN_FIELD", "__proto__", "__proto__"],
        ["ATT_PROTO_UNKNOWN_FIELD", "constructor", "constructor"],
      ],
    ],
  ])("reports unknown parts: %s", (_, json, expected) => {
    const { message, findings } = parseJson(route, json)
    expect(message).toBeDefined()
    expect(findings.map((finding) => [finding.code, finding.path, finding.typeUrl ?? finding.field])).toEqual(expected)
  })

  it.each([
    [
      "text for a number",
      { virtualHosts: [{ routes: [{ route: { hostRewriteLiteral: 5 } }] }] },
      "virtualHosts[0].routes[0].route",
      "hostRewriteLiteral|host_rewrite_literal",
    ],
    ["a list for a message", { vhds: [] }, "vhds", "Vhds"],
    [
      "a bad duration",
      { virtualHosts: [{ routes: [{ route: { timeout: "10x" } }] }] },
      "virtualHosts[0].routes[0].route.timeout",
      "10x",
    ],
    [
      "two of a oneof",
      { virtualHosts: [{ routes: [{ match: { prefix: "/", path: "/" } }] }] },
      "virtualHosts[0].routes[0].match",
      "oneof",
    ],
    ["an unknown enum value", { virtualHosts: [{ requireTls: "SOME" }] }, "virtualHosts[0]", "SOME"],
    ["inside Any", perFilter({ "@type": lua, disabled: "yes" }), inner, "disabled"],
    ["not an object", 5, "", "RouteConfiguration"],
  ])("locates wrong values: %s", (_, json, path, text) => {
    const { message, findings } = parseJson(route, json)
    expect(message).toBeUndefined()
    expect(findings).toMatchObject([{ code: "ATT_PROTO_VALUE", path, message: expect.stringMatching(text) }])
  })

  it("lists every wrong value, and unknown fields beside them", () => {
    const { findings } = parseJson(route, { virtualHosts: [{ name: 1 }, { name: 2, x: 1 }] })
    expect(findings.map((finding) => [finding.code, finding.path])).toEqual([
      ["ATT_PROTO_UNKNOWN_FIELD", "virtualHosts[1].x"],
      ["ATT_PROTO_VALUE", "virtualHosts[0]"],
      ["ATT_PROTO_VALUE", "virtualHosts[1]"],
    ])
  })

  it("survives endless nesting", () => {
    const nest = (depth: number, wrap: (value: unknown) => unknown): unknown => {
      let value: unknown = {}
      for (let i = 0; i < depth; i++) value = wrap(value)
      return value
    }
    const anys = nest(5000, (config) => ({ "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", config }))
    expect(parseJson(route, perFilter(anys as object)).findings).toMatchObject([{ code: "ATT_PROTO_DEPTH" }])
    const struct = { metadata: nest(5000, (a) => ({ a })) }
    expect(parseJson("envoy.config.core.v3.Node", struct).findings).toMatchObject([{ code: "ATT_PROTO_VALUE" }])
  })
})

describe("fromJson", () => {
  it("gives the typed message", () => {
    expect(fromJson(NodeSchema, { id: "a" }).id).toBe("a")
  })

  it("throws the first finding", () => {
    expect(() => fromJson(NodeSchema, { id: "a", x: 1, y: 2 })).toThrow(
      /^x: unknown field "x" in envoy.config.core.v3.Node \(and 1 more\)$/,
    )
  })
})

describe("toJson", () => {
  it("keeps what it cannot read as base64 and reports it", () => {
    const findings: unknown[] = []
    const message = create(ListenerSchema, {
      name: "l",
      filterChains: [
        {
          filters: [
            {
              name: "f",
              configType: { case: "typedConfig", value: { typeUrl: "x/a.B", value: new Uint8Array([1, 2]) } },
            },
            {
              name: "g",
              configType: {
                case: "typedConfig",
                value: { typeUrl: `x/${ClusterSchema.typeName}`, value: new Uint8Array([10, 9, 1]) },
              },
            },
          ],
        },
      ],
    })
    expect(toJson(ListenerSchema, message, (finding) => findings.push(finding))).toEqual({
      name: "l",
      filterChains: [
        {
          filters: [
            { name: "f", typedConfig: { "@type": "x/a.B", value: "AQI=" } },
            { name: "g", typedConfig: { "@type": `x/${ClusterSchema.typeName}`, value: "CgkB" } },
          ],
        },
      ],
    })
    expect(findings).toMatchObject([
      { code: "ATT_PROTO_UNKNOWN_TYPE", path: "filterChains[0].filters[0].typedConfig", typeUrl: "x/a.B" },
      { code: "ATT_PROTO_BYTES", path: "filterChains[0].filters[1].typedConfig" },
    ])
  })

  it("reports fields that only the bytes have", () => {
    const findings: unknown[] = []
    const bytes = new Uint8Array([...encode(NodeSchema, { id: "a" }), 0xf8, 0x7f, 1])
    const message = decode(NodeSchema, bytes)
    expect(toJson(NodeSchema, message, (finding) => findings.push(finding))).toEqual({ id: "a" })
    expect(findings).toMatchObject([{ code: "ATT_PROTO_UNKNOWN_FIELD", field: "2047" }])
    expect(encode(NodeSchema, message)).toEqual(bytes)
  })
})

describe("normalize", () => {
  it("gives equal JSON for equal messages", () => {
    const a = {
      name: "a",
      virtual_hosts: [{ name: "v", routes: [{ route: { timeout: "0.5s", prefix_rewrite: "" }, name: "" }] }],
      vhds: null,
    }
    const b = { virtualHosts: [{ routes: [{ route: { timeout: "0.500s" } }], name: "v" }], name: "a" }
    expect(normalize(route, a)).toEqual({ json: b, findings: [] })
    expect(JSON.stringify(normalize(route, a).json)).toBe(JSON.stringify(normalize(route, b).json))
  })
})

describe("Any", () => {
  it("packs and unpacks", () => {
    const any = anyOf(RouteConfigurationSchema, { name: "r" })
    expect(any.typeUrl).toBe("type.googleapis.com/envoy.config.route.v3.RouteConfiguration")
    expect(unpackAny(any)?.message).toMatchObject({ name: "r" })
    expect(unpackAs(RouteConfigurationSchema, any)?.name).toBe("r")
    expect(unpackAs(NodeSchema, any)).toBeUndefined()
    expect(unpackAny({ typeUrl: "x/a.B", value: new Uint8Array() })).toBeUndefined()
  })

  it("names damaged bytes", () => {
    expect(() => decode(NodeSchema, new Uint8Array([10, 200]))).toThrow(
      expect.objectContaining({ code: "ATT_PROTO_BYTES" }),
    )
  })
  it("refuses bytes that nest without end", () => {
    let nested: Uint8Array = new Uint8Array([0x1a, 0])
    for (let i = 0; i < 500; i++) nested = wrap(0x32, wrap(0x0a, nested))
    expect(() => decode(ValueSchema, nested)).toThrow(expect.objectContaining({ code: "ATT_PROTO_BYTES" }))
  })
})

function wrap(tag: number, content: Uint8Array): Uint8Array {
  const length: number[] = []
  for (let rest = content.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest)
    if (rest <= 127) return new Uint8Array([tag, ...length, ...content])
  }
}
