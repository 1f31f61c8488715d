import type { DescMessage, JsonValue } from "@bufbuild/protobuf"
import type { Finding } from "./finding.ts"
import { parseJson } from "./from-json.ts"
import { toJson } from "./to-json.ts"

/**
 * The one spelling of a message's JSON: equal messages give equal JSON whatever their key order, their case of field
 * names, their spelling of durations, numbers and enums, and whether they state defaults.
 *
 * `json` is undefined if a value was wrong; see `parseJson`.
 */
export function normalize(
  type: DescMessage | string,
  json: unknown,
): { readonly json: JsonValue | undefined; readonly findings: readonly Finding[] } {
  const { message, findings } = parseJson(type, json)
  return { json: message === undefined ? undefined : toJson(type, message), findings }
}
