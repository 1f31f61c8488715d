/** Value types of WebAssembly that the ABI can meet. */
export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128" | "funcref" | "externref"

/** Parameters and results of a function. */
export interface Signature {
  readonly params: readonly ValueType[]
  readonly results: readonly ValueType[]
}

/** A signature out of a text such as `i32 i64 -> i32` or `void -> void`. */
export function parseSignature(text: string): Signature {
  const [params = "", results = ""] = text.split("->").map((part) => part.trim())
  const types = (part: string): ValueType[] => (part === "" || part === "void" ? [] : (part.split(" ") as ValueType[]))
  return { params: types(params), results: types(results) }
}

/** The text Envoy prints for a signature: types separated by blanks, `void` for none. */
export function printSignature({ params, results }: Signature): string {
  const types = (list: readonly ValueType[]): string => (list.length === 0 ? "void" : list.join(" "))
  return `${types(params)} -> ${types(results)}`
}

/** Whether two signatures are the same in every type. */
export function equalSignatures(a: Signature, b: Signature): boolean {
  return printSignature(a) === printSignature(b)
}
