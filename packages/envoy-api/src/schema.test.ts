import { readdirSync, readFileSync } from "node:fs"
import { type AnyDesc, createFileRegistry, type DescEnum, type DescMessage, fromBinary } from "@bufbuild/protobuf"
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt"
import { describe, expect, it } from "vitest"
import { findEnum, findMessage } from "./schema.ts"

const bytes = readFileSync(new URL("../descriptors/envoy-api.binpb", import.meta.url))
const oracle = createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes))

const nameOf = (desc: AnyDesc | undefined): string | undefined => (desc === undefined ? undefined : String(desc))

function summarise(desc: DescMessage) {
  return {
    name: desc.name,
    file: [desc.file.name, desc.file.edition, desc.file.proto.package],
    parent: nameOf(desc.parent),
    deprecated: desc.deprecated,
    fields: desc.fields.map((field) => ({
      ...Object.fromEntries(
        (
          [
            "fieldKind",
            "listKind",
            "mapKind",
            "mapKey",
            "name",
            "localName",
            "jsonName",
            "number",
            "scalar",
            "presence",
          ] as const
        ).map((key) => [key, (field as unknown as Record<string, unknown>)[key]]),
      ),
      text: String(field),
      parent: nameOf(field.parent),
      oneof: nameOf(field.oneof),
      message: nameOf(field.message),
      enum: nameOf(field.enum),
      utf8: field.utf8Validation,
      packed: field.fieldKind === "list" ? field.packed : undefined,
      delimited: field.message === undefined ? undefined : (field as { delimitedEncoding?: boolean }).delimitedEncoding,
      initial: field.fieldKind === "list" || field.fieldKind === "map" ? undefined : field.getDefaultValue(),
      deprecated: field.deprecated,
    })),
    byLocalName: Object.entries(desc.field).map(([key, field]) => [key, field.number]),
    oneofs: desc.oneofs.map((oneof) => [String(oneof), oneof.localName, oneof.fields.map(String)]),
    members: desc.members.map(String),
    nested: [desc.nestedMessages.map(String), desc.nestedEnums.map(String)],
  }
}

function summariseEnum(desc: DescEnum) {
  return {
    name: desc.name,
    parent: nameOf(desc.parent),
    open: desc.open,
    sharedPrefix: desc.sharedPrefix,
    deprecated: desc.deprecated,
    values: desc.values.map((value) => [
      String(value),
      value.localName,
      value.jsonName,
      value.number,
      value.deprecated,
    ]),
    value: Object.entries(desc.value).map(([key, value]) => [key, String(value)]),
  }
}

describe("lazy schemas", () => {
  it("equal protobuf-es' own for every type of the set", () => {
    let types = 0
    for (const desc of oracle) {
      if (desc.kind === "message") expect(summarise(findMessage(desc.typeName)!)).toEqual(summarise(desc))
      else if (desc.kind === "enum") expect(summariseEnum(findEnum(desc.typeName)!)).toEqual(summariseEnum(desc))
      else continue
      types++
    }
    expect(types).toBeGreaterThan(2400)
  })

  it.each([
    "",
    "envoy",
    "Listener",
    "envoy.config.listener.v3.Nope",
    "envoy.config.listener.v3.Listener.Nope",
    "envoy.config.route.v3.WeightedCluster.ClusterWeight.TypedPerFilterConfigEntry",
  ])("knows no message %o", (name) => expect(findMessage(name)).toBeUndefined())

  it("tells messages from enums", () => {
    expect(findMessage("envoy.config.core.v3.RequestMethod")).toBeUndefined()
    expect(findEnum("envoy.config.core.v3.Node")).toBeUndefined()
    expect(findEnum("envoy.config.listener.v3.Listener.DrainType")?.values).toHaveLength(2)
  })

  it("gives one object per name", () => {
    expect(findMessage("envoy.config.core.v3.Node")).toBe(findMessage("envoy.config.core.v3.Node"))
    expect(findMessage("envoy.config.listener.v3.Listener")?.field.address?.message).toBe(
      findMessage("envoy.config.core.v3.Address"),
    )
  })
  it("have every name that generated modules use", () => {
    const folder = new URL("../gen/", import.meta.url)
    const modules = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"))
    expect(modules.length).toBeGreaterThan(250)
    for (const name of modules) {
      for (const [, kind, typeName] of readFileSync(new URL(name, folder), "utf8").matchAll(
        /= \/\*@__PURE__\*\/ (message|enum)Schema\("(.+)"\)/g,
      )) {
        expect((kind === "message" ? findMessage(typeName!) : findEnum(typeName!))?.typeName).toBe(typeName)
      }
    }
  })
})
