import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it, onTestFinished } from "vitest"
import { dockerfileFor } from "./dockerfile.ts"

function folder(files: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), "attache-dockerfile-"))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  mkdirSync(join(root, "guest"))
  for (const file of files) writeFileSync(join(root, "guest", file), "")
  return join(root, "guest")
}

it("copies a guest's module from nothing but itself", async () => {
  const text = await dockerfileFor(folder(["Cargo.toml"]), undefined)
  const lines = text.split("\n").filter((line) => !line.startsWith("#") && !line.startsWith("LABEL"))
  expect(lines).toEqual(["FROM scratch", 'COPY ["plugin.wasm","/"]', ""])
  expect(text).toContain('LABEL "org.opencontainers.image.title"="guest"')
})

it("copies the files of an extension that is built already", async () => {
  const text = await dockerfileFor(folder(["libauth.so", "schema.json"]), undefined)
  expect(text).toContain('COPY ["libauth.so","schema.json","/"]')
})

it("has none for what is neither", async () => {
  const refused = dockerfileFor(folder(["notes.txt"]), undefined)
  await expect(refused).rejects.toThrow(expect.objectContaining({ code: "ATT_PACKAGE_NOTHING" }))
})
