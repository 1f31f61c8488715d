import type { Diagnostic, ObjectRef } from "@attache/base"
import { groupOf, type KindEntry, knownKinds } from "./kinds.ts"
import { nearest } from "./schema/nearest.ts"
import type { Position } from "./yaml/documents.ts"

/** The warning about a kind that nobody here knows, with the nearest one: of the same name elsewhere, or of a similar name. */
export function unknownKind(object: ObjectRef, file: string, place: Position): Diagnostic {
  const { apiVersion, kind } = object
  const message = `kind ${kind} of ${apiVersion} is not known`
  const base = { code: "ATT_RESOURCE_UNKNOWN_KIND", severity: "warning", message, file, ...place, object } as const
  const near = nearestKind(apiVersion, kind)
  return near === undefined ? base : { ...base, hint: `did you mean kind ${near.kind} of ${storedApiVersion(near)}?` }
}

function nearestKind(apiVersion: string, kind: string): KindEntry | undefined {
  const same = knownKinds().find((entry) => entry.kind === kind)
  if (same !== undefined) return same
  const group = groupOf(apiVersion)
  const candidates = knownKinds().filter((entry) => entry.group === group)
  const name = nearest(
    kind,
    candidates.map((entry) => entry.kind),
  )
  return candidates.find((entry) => entry.kind === name)
}

function storedApiVersion({ group, versions }: KindEntry): string {
  const version = versions.find(({ storage }) => storage)?.name ?? "v1"
  return group === "" ? version : `${group}/${version}`
}
