import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { tempFolder } from "../../test/temp-folder.ts"
import { replaceFile } from "./layout-files.ts"

it("names what keeps a file from being replaced, not what keeps its remains from being removed", () => {
  const folder = tempFolder()
  const [path, aside] = [join(folder, "index.json"), join(folder, "aside")]
  writeFileSync(path, "old")
  mkdirSync(aside)
  expect(() => replaceFile(path, aside, Buffer.from("new"))).toThrow(
    expect.objectContaining({ code: "ATT_OCI_LAYOUT" }),
  )
  expect(readFileSync(path, "utf8")).toBe("old")
})
