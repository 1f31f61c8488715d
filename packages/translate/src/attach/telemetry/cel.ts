import { parse } from "@bufbuild/cel"

/** Why a text is no CEL expression, or undefined. Only syntax is judged; Envoy knows the attributes. */
export function celError(text: string): string | undefined {
  try {
    parse(text)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
