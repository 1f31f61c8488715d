import type { KubeObject } from "./kube-object.ts"
import { goQuote } from "./schema/go-text.ts"
import type { Finding } from "./validate-object.ts"

const unchecked =
  "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation"

/**
 * The API server's whole answer: `Kind.group "name" is invalid: ...`, several errors as `[a, b]`; empty without errors.
 *
 * For a kind with rules it says so when a blocking error has left them out.
 */
export function serverSentence(
  object: KubeObject,
  group: string,
  findings: readonly Finding[],
  hasRules: boolean,
): string {
  const errors = findings.filter(({ severity }) => severity === "error")
  if (errors.length === 0) return ""
  const texts = errors.map(({ field, message }) => `${field}: ${message}`)
  if (hasRules && errors.some(({ isBlocking }) => isBlocking)) texts.push(unchecked)
  const kind = group === "" ? object.kind : `${object.kind}.${group}`
  const all = texts.length === 1 ? (texts[0] ?? "") : `[${texts.join(", ")}]`
  return `${kind} ${goQuote(String(object.metadata.name))} is invalid: ${all}`
}
