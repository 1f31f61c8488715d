// A generated world as files, as somebody would keep it: YAML, a hundred objects to a file.
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { AnyObject } from "@attache/translate"

const objectsOfFile = 100

/** Writes objects into a folder, those of `alone` into a file each. Returns the paths of the latter by `kind/name`. */
export function writeWorld(
  folder: string,
  objects: readonly AnyObject[],
  alone: readonly AnyObject[],
): ReadonlyMap<string, string> {
  mkdirSync(folder, { recursive: true })
  const own = new Set(alone.map(nameOf))
  const rest = objects.filter((object) => !own.has(nameOf(object)))
  for (let from = 0; from < rest.length; from += objectsOfFile) {
    const text = rest
      .slice(from, from + objectsOfFile)
      .map(yamlOf)
      .join("---\n")
    writeFileSync(join(folder, `world-${String(from).padStart(6, "0")}.yaml`), text)
  }
  const paths = new Map<string, string>()
  for (const [n, object] of alone.entries()) {
    const path = join(folder, `alone-${n}.yaml`)
    writeFileSync(path, yamlOf(object))
    paths.set(nameOf(object), path)
  }
  return paths
}

/** `kind/name` of an object. */
export function nameOf({ kind, metadata }: AnyObject): string {
  return `${kind}/${metadata.name}`
}

/** An object as a YAML document in block style. */
export function yamlOf(object: AnyObject): string {
  return block(object, "").slice(1)
}

function block(value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return " []\n"
    return `\n${value.map((item) => `${indent}-${item === null || typeof item !== "object" ? block(item, indent) : ` ${block(item, `${indent}  `).trimStart()}`}`).join("")}`
  }
  if (value === null || typeof value !== "object") return ` ${JSON.stringify(value)}\n`
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  if (entries.length === 0) return " {}\n"
  return `\n${entries.map(([key, item]) => `${indent}${JSON.stringify(key)}:${block(item, `${indent}  `)}`).join("")}`
}
