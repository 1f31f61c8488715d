import type { Diagnostic } from "@attache/base"
import type { JsonObject } from "@attache/envoy"
import type { Translator } from "@attache/translate"
import { printFindings } from "../output/format.ts"

/**
 * What an EnvoyProxy makes of the bootstrap of a proxy on this machine.
 *
 * An override that cannot be used here is left out, with a warning whenever its reason is new (ATT_RESOURCE_BOOTSTRAP).
 */
export function createBootstrapOver(
  over: Translator["bootstrapOver"],
  print: (findings: readonly Diagnostic[]) => void = printFindings,
): (key: string, base: JsonObject) => JsonObject {
  const shown = new Map<string, string | undefined>()
  return (key, base) => {
    const { bootstrap, error } = over(key, base as Parameters<typeof over>[1])
    if (error !== undefined && shown.get(key) !== error) print([refusal(key, error)])
    shown.set(key, error)
    return bootstrap as JsonObject
  }
}

function refusal(key: string, error: string): Diagnostic {
  return {
    code: "ATT_RESOURCE_BOOTSTRAP",
    severity: "warning",
    field: "spec.bootstrap",
    message: `the EnvoyProxy of proxy ${key} does not fit the bootstrap of this machine, which stays as it is: ${error}`,
    hint: "write it as Merge or JSONPatch over what this machine has; the rest of the EnvoyProxy holds",
  }
}
