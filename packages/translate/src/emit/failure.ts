import { type Diagnostic, messageOf } from "@attache/base"
import type { Origin } from "../plan/index.ts"

/** The diagnostic for a part that could not be made. @param place what stands instead */
export function emitFailure(origin: Origin, error: unknown, place: string): Diagnostic {
  const [kind = "", namespace = "", ...name] = origin.object.split("/")
  return {
    code: "ATT_TRANSLATE_EMIT",
    severity: "error",
    message: `${messageOf(error)}; ${place}`,
    object: { apiVersion: "", kind, namespace, name: name.join("/") },
    ...(origin.field === "" ? {} : { field: origin.field }),
  }
}
