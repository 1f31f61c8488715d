import { AttacheError } from "@attache/base"
import { isJsonObject } from "../content/read-fields.ts"
import type { TransferOptions } from "../content/target.ts"
import { isTag } from "../reference/reference.ts"
import { readPages } from "./links.ts"
import { type Place, pathOf, placeName, requestAt } from "./place.ts"

/** Most tags that are read. */
const maxTags = 100_000
const maxPageBytes = 16 * 1024 * 1024

/** All tags of a repository, sorted, over all pages. Errors: ATT_OCI_LIMIT, ATT_OCI_PROTOCOL, and those of asking. */
export async function listTags(place: Place, options: TransferOptions): Promise<readonly string[]> {
  const name = placeName(place)
  const what = `list of tags of ${name}`
  const found = new Set<string>()
  await readPages(pathOf(place, "tags/list?n=1000"), async (path) => {
    const response = await place.session.read(requestAt(place, { what, path, accepted: [200] }, options), maxPageBytes)
    for (const tag of tagsIn(response.bytes, what)) found.add(tag)
    if (found.size <= maxTags) return response
    throw new AttacheError("ATT_OCI_LIMIT", `${name} has more than ${maxTags} tags`, { facts: { limit: maxTags } })
  })
  return [...found].sort()
}

function tagsIn(bytes: Uint8Array, what: string): readonly string[] {
  const page = parseJson(bytes)
  // An empty repository gives null.
  const tags = isJsonObject(page) ? (page.tags ?? []) : undefined
  if (!Array.isArray(tags)) throw new AttacheError("ATT_OCI_PROTOCOL", `${what}: the answer is no list of tags`)
  return tags.filter((tag): tag is string => typeof tag === "string" && isTag(tag))
}

/** JSON, or undefined for what is none. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}
