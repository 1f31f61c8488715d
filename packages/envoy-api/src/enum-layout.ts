import type { DescEnum, DescEnumValue } from "@bufbuild/protobuf"
import { descriptorBytes, type TypeEntry, textAt } from "./descriptor-set.ts"
import { noProto, safeProperty } from "./field-schema.ts"
import { flagAt, visitFields } from "./wire-fields.ts"

/** What the descriptor of an enum says. */
export interface EnumLayout {
  readonly values: DescEnumValue[]
  readonly value: Record<number, DescEnumValue>
  readonly sharedPrefix: string | undefined
  readonly deprecated: boolean
}

/**
 * Reads the descriptor of an enum.
 *
 * Field numbers of EnumDescriptorProto: value 2 (name 1, number 2, options 3 with deprecated 1), options 3 with deprecated 3.
 */
export function readEnum(parent: DescEnum, entry: TypeEntry): EnumLayout {
  const raws: { name: string; number: number; deprecated: boolean }[] = []
  const bytes = descriptorBytes()
  let deprecated = false
  visitFields(bytes, entry.start, entry.end, (no, _, start, end) => {
    if (no === 3) deprecated = flagAt(bytes, start, end, 3)
    if (no !== 2) return
    const raw = { name: "", number: 0, deprecated: false }
    visitFields(bytes, start, end, (part, value, from, to) => {
      if (part === 1) raw.name = textAt(from, to)
      else if (part === 2) raw.number = value > 0x7fffffff ? Number(BigInt.asIntN(32, BigInt(value))) : value
      else if (part === 3) raw.deprecated = flagAt(bytes, from, to, 1)
    })
    raws.push(raw)
  })
  const sharedPrefix = sharedPrefixOf(parent.name, raws)
  const values = raws.map((raw) => describeValue(raw, parent, sharedPrefix))
  const value: Record<number, DescEnumValue> = {}
  for (const described of values) value[described.number] ??= described
  return { values, value, sharedPrefix, deprecated }
}

function sharedPrefixOf(enumName: string, values: readonly { name: string }[]): string | undefined {
  const prefix = `${enumName.slice(0, 1)}${enumName.slice(1).replace(/[A-Z]/g, "_$&")}_`.toLowerCase()
  const shared = values.every(
    ({ name }) => name.toLowerCase().startsWith(prefix) && /^\D/.test(name.slice(prefix.length)),
  )
  return shared ? prefix : undefined
}

function describeValue(
  raw: { name: string; number: number; deprecated: boolean },
  parent: DescEnum,
  prefix: string | undefined,
): DescEnumValue {
  const value = {
    kind: "enum_value",
    name: raw.name,
    localName: safeProperty(raw.name.slice(prefix?.length ?? 0)),
    number: raw.number,
    jsonName: raw.name,
    parent,
    deprecated: raw.deprecated,
    get proto() {
      return noProto(`${parent.typeName}.${raw.name}`)
    },
    toString: () => `enum value ${parent.typeName}.${raw.name}`,
  }
  return value as unknown as DescEnumValue
}
