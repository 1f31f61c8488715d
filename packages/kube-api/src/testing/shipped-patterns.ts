// For tests only.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

const folder = join(import.meta.dirname, "..", "..", "crds")

/** Every pattern of the schemas. */
export const shippedPatterns: readonly string[] = [
  ...new Set(
    readdirSync(folder).flatMap((file) => {
      const found: string[] = []
      JSON.parse(readFileSync(join(folder, file), "utf8"), (key, value: unknown) => {
        if (key === "pattern" && typeof value === "string") found.push(value)
        return value
      })
      return found
    }),
  ),
]
