import { describe, expect, it } from "vitest"
import { digestOf, hashFor, isDigest, splitDigest } from "./digest.ts"

const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

describe("digests", () => {
  it.each<[string, boolean]>([
    [`sha256:${empty}`, true],
    [`sha512:${"0".repeat(128)}`, true],
    [`sha256:${empty.toUpperCase()}`, false],
    [`sha256:${empty}0`, false],
    [`sha256:${empty.slice(1)}`, false],
    [`sha256:${empty.slice(1)}\n`, false],
    [`md5:${"0".repeat(32)}`, false],
    [`constructor:${empty}`, false],
    [empty, false],
    ["sha256:", false],
    ["", false],
    [`sha256:../../../../${empty.slice(12)}`, false],
  ])("%s: %s", (text, want) => {
    expect(isDigest(text)).toBe(want)
    if (want) expect(splitDigest(text).algorithm + splitDigest(text).hex).toBe(text.replace(":", ""))
    else expect(() => splitDigest(text)).toThrow(expect.objectContaining({ code: "ATT_OCI_DIGEST" }))
  })

  it("are computed", () => {
    expect(digestOf(new Uint8Array())).toBe(`sha256:${empty}`)
    expect(
      hashFor(`sha512:${"0".repeat(128)}`)
        .update("")
        .digest("hex"),
    ).toMatch(/^cf83e1357eefb8bd/)
  })
})
