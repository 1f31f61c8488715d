import type { FileReading } from "../src/provider-file/file-set.ts"
import type { FileLoader } from "../src/provider-file/provider.ts"

/**
 * A loader for tests: each line `key=value` is an object, `key!` an invalid one, and `broken` makes the whole file unreadable.
 */
export const loadLines: FileLoader<string> = (text, file): FileReading<string> => {
  const lines = text.split("\n").filter((line) => line !== "")
  if (lines.includes("broken")) {
    return { isReadable: false, objects: [], findings: [{ code: "X", severity: "error", message: "broken", file }] }
  }
  const objects = lines.map((line, i) => {
    const isValid = !line.endsWith("!")
    const [key = "", value = ""] = line.replace(/!$/, "").split("=")
    return { key, value, isValid, line: i + 1 }
  })
  return { isReadable: true, objects, findings: [] }
}
