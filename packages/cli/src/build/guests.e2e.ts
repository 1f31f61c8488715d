// Guests in every language, built with the toolchains that this machine has, and run on a real Envoy and in the host.
import { spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { drivers } from "@attache/testing"
import { afterAll, describe, expect, it } from "vitest"

const root = mkdtempSync(join(tmpdir(), "attache-guests-"))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const command = join(import.meta.dirname, "../../bin/attache.mjs")
const guests = join(import.meta.dirname, "../../test/guests")

interface Said {
  readonly status: number | null
  readonly data?: { readonly path: string; readonly abiVersion: string }
  readonly warnings: readonly { readonly code: string }[]
  readonly errors: readonly { readonly code: string; readonly message: string; readonly hint?: string }[]
}

/** Runs `attache build` as a user does. */
function build(folder: string): Said {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, "build", folder, "--output", "json"], {
    encoding: "utf8",
  })
  if (stdout === "") throw new Error(stderr)
  return { status, ...(JSON.parse(stdout) as Omit<Said, "status">) }
}

describe("attache build", () => {
  it.for(["rust", "go", "c", "text"])("makes a guest in %s that changes a response", async (language, { skip }) => {
    const folder = join(root, language)
    cpSync(join(guests, language), folder, { recursive: true })
    const { status, data, errors } = build(folder)
    const [error] = errors
    if (error?.code === "ATT_BUILD_TOOLCHAIN") {
      expect([status, error.hint]).toEqual([4, expect.any(String)])
      skip(`${error.message}: ${error.hint}`)
    }
    expect(errors).toEqual([])
    expect([status, data?.abiVersion]).toEqual([0, "0.2.1"])
    const module = readFileSync(data?.path ?? "")
    for (const { start } of drivers) {
      await using proxy = await start({ plugin: { module } })
      expect((await proxy.send()).header("x-built")).toBe(language)
    }
  })

  it("makes a guest in AssemblyScript, and names file and line of an error", () => {
    const example = join(import.meta.dirname, "../../../../examples/wasm/header")
    expect(build(example)).toMatchObject({ status: 0, data: { abiVersion: "0.2.1" } })
    const guestsOfSdk = join(import.meta.dirname, "../../../wasm-sdk/testdata/assembly")
    const folder = join(example, "..", ".broken")
    const put = (name: string) => cpSync(join(guestsOfSdk, name), join(folder, "assembly", "index.ts"))
    try {
      put("misspelt.ts")
      const { status, warnings } = build(folder)
      expect([status, warnings.map(({ code }) => code)]).toEqual([0, ["ATT_BUILD_DOUBTFUL", "ATT_BUILD_DOUBTFUL"]])
      put("broken.ts")
      expect(build(folder)).toMatchObject({
        status: 3,
        errors: [{ code: "ATT_BUILD_FAILED", file: join(folder, "assembly", "index.ts"), line: 5, column: 34 }],
      })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
