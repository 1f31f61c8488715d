import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

const root = fileURLToPath(new URL(".", import.meta.url))

it("imports nothing of Node outside the folder for Node, so that it runs in a browser", () => {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.startsWith("node/"),
  )
  const found = files.flatMap((path) => {
    const text = readFileSync(join(root, path), "utf8")
    return [...text.matchAll(/^(?:import|export) (?!type )[^;]*? from "(node:[^"]+|@attache\/[^"]+)"/gm)].map(
      (match) => `${path}: ${match[1]}`,
    )
  })
  expect(found).toEqual([])
})
