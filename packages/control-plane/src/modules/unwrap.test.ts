import { gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { unwrapModule } from "./unwrap.ts"

const wasm = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 42])
const url = "http://modules/m.wasm"

describe("unwrapModule", () => {
  it.each([
    ["a plain module", wasm],
    ["a module in gzip", gzipSync(wasm)],
  ])("finds %s", async (_name, download) => {
    expect(Buffer.from(await unwrapModule(download, url))).toEqual(wasm)
  })

  it.each<[string, Uint8Array, string, string]>([
    ["a web page", Buffer.from("<!doctype html>"), "ATT_MODULE_INVALID", `fetched Wasm binary from ${url} is invalid`],
    [
      "damaged gzip",
      gzipSync(wasm).subarray(0, 15),
      "ATT_MODULE_INVALID",
      `compressed wasm module from ${url} cannot be read`,
    ],
    [
      "a bomb",
      gzipSync(new Uint8Array(1_000_000)),
      "ATT_MODULE_TOO_LARGE",
      `decompressed wasm module size exceeds maximum size 100000: ${url}`,
    ],
  ])("refuses %s in the words of Envoy Gateway", async (_name, download, code, message) => {
    await expect(unwrapModule(download, url, 100_000)).rejects.toMatchObject({ code, message, retry: "never" })
  })
})
