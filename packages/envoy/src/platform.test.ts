import { describe, expect, it } from "vitest"
import { platformDirectory, platformOf, readMachineFacts } from "./platform.ts"

describe("platformOf", () => {
  it.each([
    ["linux-x64", { os: "linux", arch: "x64", glibc: "2.36", kernel: "6.1.0" }],
    ["linux-arm64", { os: "linux", arch: "arm64", glibc: "2.31", kernel: "6.1.0" }],
    ["darwin-arm64", { os: "darwin", arch: "arm64", kernel: "24.0.0" }],
  ])("%s", (want, machine) => expect(platformOf(machine)).toBe(want))

  it.each([
    ["musl", { os: "linux", arch: "x64", kernel: "6.1.0" }, "its C library is not glibc"],
    ["old glibc", { os: "linux", arch: "x64", glibc: "2.28", kernel: "6.1.0" }, "glibc 2.28 is older than 2.31"],
    ["32 bits", { os: "linux", arch: "arm", glibc: "2.36", kernel: "6.1.0" }, "the processor is arm"],
    ["Intel Mac", { os: "darwin", arch: "x64", kernel: "24.0.0" }, "not an Apple one"],
    ["old macOS", { os: "darwin", arch: "arm64", kernel: "23.6.0" }, "macOS is older than 15"],
    ["Windows", { os: "win32", arch: "x64", kernel: "10.0.0" }, "the system is win32"],
  ])("refuses %s", (_name, machine, message) => {
    expect(() => platformOf(machine)).toThrow(
      expect.objectContaining({ code: "ATT_ENVOY_UNSUPPORTED_PLATFORM", message: expect.stringContaining(message) }),
    )
  })

  it("reads this machine", () => {
    const facts = readMachineFacts()
    expect(platformDirectory(facts)).toBe(platformDirectory())
    if (process.platform === "linux" && facts.glibc !== undefined) expect(facts.glibc).toMatch(/^\d+\.\d+/)
  })
})
