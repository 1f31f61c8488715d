import type { ObjectRef } from "@attache/base"

/** The object and field that a plugin comes from. */
export interface SourceField {
  readonly object: ObjectRef
  /** The API server's field path, such as `spec.wasm[0]`. */
  readonly field: string
}

/** One thing that keeps a {@link Fact} from being true. */
export interface Lack extends Partial<SourceField> {
  /** What it is about: `Listener default/gw/http`, `Wasm plugin auth`. */
  readonly subject: string
  readonly reason: string
  /** Where it cannot be told which of several it is. */
  readonly oneOf?: readonly SourceField[]
}

/** Whether something is so with a proxy; `unknown` where nobody here can tell. */
export interface Fact {
  readonly state: "yes" | "no" | "unknown"
  /** What is missing, when it is not; at most {@link maxLacks}. */
  readonly lacks: readonly Lack[]
  /** How many more are missing. Absent: none. */
  readonly more?: number
  /** Why nobody can tell, when it is unknown. */
  readonly reason?: string
}

/** Most lacks that are listed one by one. */
export const maxLacks = 50

/** It is so where nothing is missing. Lacks with equal words are told once. */
export function factOf(lacks: readonly Lack[]): Fact {
  const distinct = [...new Map(lacks.map((lack) => [JSON.stringify(lack), lack])).values()]
  const more = distinct.length - maxLacks
  return {
    state: distinct.length === 0 ? "yes" : "no",
    lacks: distinct.slice(0, maxLacks),
    ...(more > 0 ? { more } : {}),
  }
}

/** Nobody here can tell. @param reason why */
export function unknownFact(reason: string): Fact {
  return { state: "unknown", lacks: [], reason }
}

/** What a proxy's own Envoy says, beside what it accepted. */
export interface ProxyView {
  /** Nothing that was accepted waits to be used. */
  readonly warmed: Fact
  /** No plugin has failed and no external processor is dead. */
  readonly working: Fact
}

/** One line for people: what it is about, the object to look at, and why. */
export function textOfLack({ subject, object, field, reason, oneOf }: Lack): string {
  const named = oneOf === undefined ? "" : ` (${oneOf.map(textOfSource).join(", ")})`
  const source = object === undefined ? "" : `${textOfSource({ object, field: field ?? "" })}: `
  return `${source}${subject}${named}: ${reason}`
}

function textOfSource({ object, field }: SourceField): string {
  const place = object.namespace === "" ? object.name : `${object.namespace}/${object.name}`
  return `${object.kind} ${place}${field === "" ? "" : ` ${field}`}`
}
