import { expect, it } from "vitest"
import { exitCodeOf } from "../exit.ts"
import { interruptible, readSmallFile, withReferences } from "./registry-access.ts"

const code = (name: string) => expect.objectContaining({ code: name })

it("ends work at a signal, with the exit code for that", async () => {
  const listening = process.listenerCount("SIGTERM")
  const work = interruptible(
    (signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("the transfer was cut")))
        process.emit("SIGTERM")
      }),
  )
  await expect(work).rejects.toThrow(code("ATT_CLI_INTERRUPTED"))
  expect(exitCodeOf("ATT_CLI_INTERRUPTED")).toBe(130)
  expect(process.listenerCount("SIGTERM")).toBe(listening)
})

it("opens references and refuses what is none", async () => {
  const work = withReferences(["registry.example/a/b:1", "oci-layout:folder"], { isPlainHttp: false }, async (opened) =>
    opened.map(({ text, within }) => [text, within]),
  )
  expect(await work).toEqual([
    ["registry.example/a/b:1", "1"],
    ["oci-layout:folder", ""],
  ])
  const refused = withReferences(["NO REFERENCE"], { isPlainHttp: false }, async () => 1)
  await expect(refused).rejects.toThrow(code("ATT_OCI_REFERENCE"))
  expect(exitCodeOf("ATT_OCI_REFERENCE")).toBe(2)
})

it("reads no file that is larger than what is wanted", () => {
  expect(readSmallFile(import.meta.filename, "--key", 1_000_000)).toContain("readSmallFile")
  expect(() => readSmallFile(import.meta.filename, "--key", 10)).toThrow(code("ATT_USAGE_OPTION"))
  expect(() => readSmallFile("/nowhere/key", "--key", 10)).toThrow(code("ATT_USAGE_OPTION"))
})
