import { describe, expect, it } from "vitest"
import type { Descriptor } from "../content/descriptor.ts"
import { chooseForPlatform, formatPlatform, parsePlatform, platformFit } from "./platform.ts"

const entry = (platform: string, digest = platform): Descriptor => ({
  mediaType: "m",
  digest,
  size: 1,
  ...(platform === "" ? {} : { platform: parsePlatform(platform) }),
})
const refused = expect.objectContaining({ code: "ATT_OCI_PLATFORM" })

describe("parsePlatform", () => {
  it.each(["linux/amd64", "linux/arm/v7", "wasip1/wasm"])("reads %s and writes it back", (text) => {
    expect(formatPlatform(parsePlatform(text))).toBe(text)
  })
  it.each(["", "/", "linux", "linux/", "/amd64", "linux/arm/v7/x", "linux/amd64\n", "li nux/amd64"])(
    "refuses %j",
    (text) => {
      expect(() => parsePlatform(text)).toThrow(refused)
    },
  )
})

describe("platformFit", () => {
  it.each<[string, string, number]>([
    ["linux/amd64", "linux/amd64", 2],
    ["linux/arm64", "linux/arm64/v8", 2],
    ["linux/arm/v7", "linux/arm", 2],
    ["linux/arm/v6", "linux/arm/v7", 0],
    ["linux/amd64", "linux/amd64/v3", 1],
    ["linux/amd64", "linux/arm64", 0],
    ["linux/amd64", "darwin/amd64", 0],
  ])("%s by %s: %i", (wanted, offered, want) => {
    expect(platformFit(parsePlatform(wanted), parsePlatform(offered))).toBe(want)
  })
})

describe("chooseForPlatform", () => {
  it.each<[string, readonly string[], string | undefined, string]>([
    ["the one that fits", ["linux/arm64", "linux/amd64"], "linux/amd64", "linux/amd64"],
    ["the best that fits", ["linux/amd64/v3", "linux/amd64"], "linux/amd64", "linux/amd64"],
    ["the first of two", ["linux/amd64/v2", "linux/amd64/v3"], "linux/amd64", "linux/amd64/v2"],
    ["past an attestation", ["unknown/unknown", "linux/amd64"], "linux/amd64", "linux/amd64"],
    ["what runs anywhere where none fits", ["linux/arm64", "wasip1/wasm"], "linux/amd64", "wasip1/wasm"],
    ["the only one where none is asked for", ["unknown/unknown", "linux/arm64"], undefined, "linux/arm64"],
    ["linux/amd64 where none is asked for", ["linux/arm64", "linux/amd64"], undefined, "linux/amd64"],
    ["linux/amd64 before what runs anywhere", ["wasi/wasm", "linux/amd64"], undefined, "linux/amd64"],
    ["what runs anywhere where none is asked for", ["linux/arm64", "wasi/wasm"], undefined, "wasi/wasm"],
    ["the first of linux/amd64 and of no platform", ["linux/arm64", "", "linux/amd64"], undefined, ""],
    ["an entry without platform", [""], "linux/amd64", ""],
  ])("takes %s", (_name, offered, wanted, want) => {
    const asked = wanted === undefined ? undefined : parsePlatform(wanted)
    expect(
      chooseForPlatform(
        offered.map((each) => entry(each)),
        asked,
        "image",
      ).digest,
    ).toBe(want)
  })

  it.each<[string, readonly string[], string | undefined]>([
    ["nothing", [], "linux/amd64"],
    ["nothing, where none is asked for", [], undefined],
    ["attestations alone", ["unknown/unknown"], undefined],
    ["others", ["linux/arm64", "darwin/arm64"], "linux/amd64"],
    ["others, where none is asked for", ["linux/arm64", "darwin/arm64"], undefined],
  ])("refuses where there is %s", (_name, offered, wanted) => {
    const asked = wanted === undefined ? undefined : parsePlatform(wanted)
    expect(() =>
      chooseForPlatform(
        offered.map((each) => entry(each)),
        asked,
        "image",
      ),
    ).toThrow(refused)
  })
})
