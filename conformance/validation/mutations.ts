// Objects with something wrong, made from objects that are right: the same for the same seed.
import type { Schema } from "./crds.ts"

/** A source of numbers from 0 to below 1, the same for the same seed. */
export type Random = () => number

/** Numbers from 0 to below 1 by the mulberry32 generator. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

interface Site {
  readonly parent: Json[] | { [key: string]: Json }
  readonly step: string | number
  readonly schema: Schema | undefined
}

const wrongValues: readonly Json[] = [
  null,
  true,
  "",
  "x",
  "*",
  "A_b",
  "a.example.com",
  "https://example.com/a?b=1",
  "10.0.0.1",
  "10m",
  "1h1ms",
  "0s",
  'é\u0007\u200b<&>"\\\n',
  "x".repeat(64),
  "x".repeat(300),
  "y".repeat(5000),
  "é".repeat(200),
  0,
  1,
  -1,
  65_536,
  2 ** 31,
  2 ** 40,
  1.5,
  -0.000_01,
  1e30,
  [],
  [null],
  ["a", "a"],
  {},
  { a: "b" },
]

/** An object with one to three changes in its spec, now and then in names and labels too unless `withMetadata` is false. */
export function mutate(object: unknown, schema: Schema, random: Random, withMetadata = true): unknown {
  const copy = structuredClone(object) as { [key: string]: Json }
  const times = 1 + Math.floor(random() ** 2 * 3)
  for (let i = 0; i < times; i++) {
    const spec: Site = { parent: copy, step: "spec", schema: schema.properties?.spec }
    const sites = [...(random() < 0.02 ? [spec] : []), ...sitesOf(copy.spec ?? null, spec.schema)]
    const site = pick(sites, random)
    if (site !== undefined) change(site, random)
  }
  if (withMetadata && random() < 0.05) changeMetadata(copy.metadata as Record<string, Json>, random)
  return copy
}

const names = [
  "x",
  "X",
  "a.b",
  "-a",
  "a_b",
  "a/b",
  "/b",
  "a/",
  "a/b/c",
  "A.b/c",
  "",
  "é",
  "y".repeat(64),
  "z".repeat(300),
]

function changeMetadata(metadata: Record<string, Json>, random: Random): void {
  const name = (): string => pick(names, random) ?? ""
  const kind = random()
  if (kind < 0.3) metadata.labels = { [name()]: name(), ok: name() }
  else if (kind < 0.6) metadata.annotations = { [name()]: name() }
  else if (kind < 0.7) metadata.finalizers = [name()]
  else metadata.name = name() || "a"
}

function pick<Item>(items: readonly Item[], random: Random): Item | undefined {
  return items[Math.floor(random() * items.length)]
}

function sitesOf(value: Json, schema: Schema | undefined): readonly Site[] {
  if (typeof value !== "object" || value === null) return []
  const steps = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return steps.flatMap((step) => {
    const node = schemaAt(schema, step)
    const inner = (value as Record<string | number, Json>)[step] as Json
    return [{ parent: value, step, schema: node }, ...sitesOf(inner, node)]
  })
}

function schemaAt(schema: Schema | undefined, step: string | number): Schema | undefined {
  if (typeof step === "number") return schema?.items
  const rest = schema?.additionalProperties
  return schema?.properties?.[step] ?? (typeof rest === "object" ? rest : undefined)
}

function change({ parent, step, schema }: Site, random: Random): void {
  const record = parent as Record<string | number, Json>
  const value = record[step] as Json
  const kind = random()
  if (kind < 0.15) {
    if (Array.isArray(parent)) parent.splice(step as number, 1)
    else delete record[step]
  } else if (kind < 0.45) record[step] = structuredClone(pick(wrongValues, random) ?? null)
  else if (Array.isArray(value) && kind < 0.75) changeList(value, schema, random)
  else if (typeof value === "object" && value !== null) addMember(value as Record<string, Json>, schema, random)
  else record[step] = otherValue(value, schema, random)
}

function changeList(list: Json[], schema: Schema | undefined, random: Random): void {
  const item = pick(list, random)
  const kind = random()
  if (item !== undefined && kind < 0.5) list.push(structuredClone(item))
  else if (item !== undefined && kind < 0.7) for (let i = 0; i < 65; i++) list.push(structuredClone(item))
  else list.push(generate(schema?.items, random, 2))
}

function addMember(record: Record<string, Json>, schema: Schema | undefined, random: Random): void {
  const absent = Object.keys(schema?.properties ?? {}).filter((name) => !Object.hasOwn(record, name))
  const name = pick(absent, random)
  const rest = schema?.additionalProperties
  if (random() < 0.1) record.notThere = "x"
  else if (name !== undefined) record[name] = generate(schema?.properties?.[name], random, 3)
  else if (typeof rest === "object")
    record[pick(["a", "a/b", "x.y", "__proto"], random) ?? "a"] = generate(rest, random, 2)
}

function otherValue(value: Json, schema: Schema | undefined, random: Random): Json {
  if (schema?.enum !== undefined) return pick([...schema.enum, "Other"], random) as Json
  if (typeof value === "number") return pick([value + 1, -value, value * 1000, value + 0.5, 0], random) ?? 0
  if (typeof value === "boolean") return !value
  if (typeof value === "string")
    return pick([`${value}x`, value.toUpperCase(), ` ${value}`, value.slice(1), `${value}/`], random) ?? ""
  return generate(schema, random, 2)
}

/** A value that mostly fits a schema node: all that is required, and some of the rest. */
export function generate(schema: Schema | undefined, random: Random, depth: number): Json {
  if (schema === undefined) return "x"
  const choices = schema.enum ?? schema.allOf?.find((node) => node.enum !== undefined)?.enum
  if (choices !== undefined) return pick(choices, random) as Json
  if (schema["x-kubernetes-int-or-string"] === true) return pick([1, "32Ki", "50%", "1m"], random) ?? 1
  switch (schema.type) {
    case "object":
      return generateRecord(schema, random, depth)
    case "array":
      return Array.from({ length: 1 + Math.floor(random() * 2) }, () => generate(schema.items, random, depth - 1))
    case "integer":
    case "number":
      return (schema.minimum ?? 1) + Math.floor(random() * 3)
    case "boolean":
      return random() < 0.5
    default:
      return generateText(schema, random)
  }
}

function generateRecord(schema: Schema, random: Random, depth: number): Json {
  const record: Record<string, Json> = {}
  for (const [name, node] of Object.entries(schema.properties ?? {})) {
    const isWanted = schema.required?.includes(name) === true || (depth > 0 && random() < 0.25)
    if (isWanted) record[name] = generate(node, random, depth - 1)
  }
  if (typeof schema.additionalProperties === "object")
    record.key = generate(schema.additionalProperties, random, depth - 1)
  return record
}

const texts = [
  "x",
  "a.example.com",
  "5s",
  "10.0.0.0/8",
  "1.2.3.4",
  "/path",
  "Service",
  "gateway.networking.k8s.io",
  "100ms",
  "*.b.c",
]

function generateText({ pattern }: Schema, random: Random): string {
  const fitting = pattern === undefined ? texts : texts.filter((text) => new RegExp(pattern, "u").test(text))
  return pick(fitting, random) ?? pick(texts, random) ?? ""
}
