// The only module that loads the CEL library, which costs more than all the rest: kinds without rules do without it.
import { CelScalar, celEnv, celFunc, isCelError, parse, plan } from "@bufbuild/cel"
import { matchesPattern } from "../schema/patterns.ts"
import { formatName, kubernetesFunctions } from "./functions.ts"
import type { RuleValue } from "./rule-value.ts"

/** Names that an expression may use. */
export type Bindings = Readonly<Record<string, RuleValue>>

/** What an expression gives, or why it gives nothing, in the API server's words. */
export type Evaluation = { readonly value: unknown } | { readonly error: string }

// The library compiles patterns on each use and its own `duration` takes an empty text for zero.
const environment = celEnv({
  funcs: [...kubernetesFunctions, celFunc("duration", [CelScalar.STRING], CelScalar.DYN, strictDuration)],
  re2: { compile: (pattern: string) => ({ test: (text: string) => matchesPattern(pattern, text) }) },
})
const libraryDuration = plan(celEnv({ variables: { text: CelScalar.STRING } }), parse("duration(text)"))
const plans = new Map<string, (bindings: Bindings) => unknown>()

function strictDuration(text: string) {
  if (!/\d/.test(text)) throw new Error("Failed to parse duration")
  const duration = libraryDuration({ text })
  if (isCelError(duration)) throw duration
  return duration
}

/** Evaluates an expression; it is compiled once for each text. */
export function evaluate(expression: string, bindings: Bindings): Evaluation {
  try {
    let run = plans.get(expression)
    if (run === undefined) {
      run = plan(environment, parse(expression)) as unknown as (bindings: Bindings) => unknown
      plans.set(expression, run)
    }
    const value = run({ ...bindings, [formatName]: formatName })
    return isCelError(value) ? { error: errorText(value) } : { value }
  } catch (error) {
    return { error: error instanceof Error ? errorText(error) : String(error) }
  }
}

/** The library's words in those of the API server's. */
function errorText({ message }: Error): string {
  const bounds = /^index (-?\d+) out of bounds/.exec(message)
  if (bounds !== null) return `index out of bounds: ${bounds[1]}`
  if (message.startsWith("Failed to parse duration"))
    return "type conversion error from 'string' to 'google.protobuf.Duration'"
  if (/^(?:found no matching overload|type mismatch)/.test(message)) return "no such overload"
  if (/^int (?:divide|modulus) by zero/.test(message))
    return message.replace("int divide", "division").replace("int ", "")
  return message.replace(/^(?:field not found|key not found|no such field)[: ]*/i, "no such key: ")
}
