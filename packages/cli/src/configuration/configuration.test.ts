import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createKeyPair, readPublicKey } from "@attache/oci"
import { beforeEach, describe, expect, it } from "vitest"
import { configurationOf, loadConfiguration } from "./configuration.ts"

const { publicKey } = createKeyPair()
const pem = publicKey.export({ type: "spki", format: "pem" }).toString()

const gateway = "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: EnvoyGateway\n"
const named = `${gateway}gateway:\n  controllerName: example.com/c\n`
const policy = (rest = "") => `apiVersion: attache.dev/v1alpha1\nkind: SignaturePolicy\nrules:\n${rest}`
const rule = "  - repository: registry.example/team/*\n    keys: [team.pub]\n"

const addresses = (allowed: string) => `apiVersion: attache.dev/v1alpha1\nkind: AddressPolicy\nallowed: ${allowed}\n`

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "attache-configuration-"))
  writeFileSync(join(folder, "team.pub"), pem)
  return () => rmSync(folder, { recursive: true, force: true })
})

function write(text: string): string {
  const file = join(folder, "config.yaml")
  writeFileSync(file, text)
  return file
}

describe("a configuration", () => {
  it("is an EnvoyGateway, a signature policy with files beside it, both in any order, or nothing", () => {
    const { fingerprint } = readPublicKey(pem)
    const signatures = { policy: { rules: [{ keys: [fingerprint] }], otherwise: "refuse" } }
    for (const [text, controllerName, expected] of [
      [named, "example.com/c", undefined],
      [`${policy(rule)}`, "gateway.envoyproxy.io/gatewayclass-controller", signatures],
      [`${named}---\n${policy(rule)}`, "example.com/c", signatures],
      [`${policy(rule)}---\n${named}`, "example.com/c", signatures],
      ["# nothing\n", "gateway.envoyproxy.io/gatewayclass-controller", undefined],
    ] as const) {
      const found = configurationOf({ config: write(text) }, "host")
      expect(found.settings).toMatchObject({ profile: "host", controllerName })
      if (expected === undefined) expect(found).not.toHaveProperty("signatures")
      else expect(found.signatures).toMatchObject(expected)
    }
    expect(configurationOf({}, "kubernetes")).toMatchObject({ settings: { profile: "kubernetes" } })
  })

  it("is an address policy too, beside the others", () => {
    const read = (text: string) => configurationOf({ config: write(text) }, "kubernetes")
    const both = read(`${named}---\n${addresses('[10.0.0.0/8, "fd00::/8", 192.168.1.7]')}---\n${policy(rule)}`)
    expect(both).toMatchObject({ settings: { controllerName: "example.com/c" }, signatures: { policy: {} } })
    expect(both.allowedAddresses).toEqual(["10.0.0.0/8", "fd00::/8", "192.168.1.7/32"])
    expect(read(addresses("[]")).allowedAddresses).toEqual([])
    expect(read(named)).not.toHaveProperty("allowedAddresses")
  })

  it.each<readonly [string, string, number, string | undefined, RegExp]>([
    [
      "a policy with a mistake",
      `${named}---\n${policy("  - keys: [team.pub]\n")}`,
      9,
      "rules[0]",
      /names no repository/,
    ],
    [
      "a key that is not there",
      policy(rule.replace("team", "x").replace("team.pub", "no.pub")),
      5,
      "rules[0].keys[0]",
      /no\.pub/,
    ],
    ["another version", policy(rule).replace("v1alpha1", "v2"), 1, "apiVersion", /not that of a signature policy/],
    ["two policies", `${policy(rule)}---\n${policy(rule)}`, 7, undefined, /more than one/],
    ["two address policies", `${addresses("[]")}---\n${addresses("[]")}`, 5, undefined, /more than one/],
    ["no address", addresses("[10.0.0.0/8, 10.0.0.0/40]"), 3, "allowed[1]", /no range/],
    ["a range without quotes that YAML takes for a number", addresses("[10]"), 3, "allowed[0]", /no range/],
    ["addresses that are no list", addresses("10.0.0.0/8"), 3, "allowed", /no list/],
    ["nothing allowed", "apiVersion: attache.dev/v1alpha1\nkind: AddressPolicy\n", 1, undefined, /nothing is allowed/],
    ["an unknown field beside", `${addresses("[]")}denied: []\n`, 4, "denied", /unknown/],
    [
      "another version of it",
      addresses("[]").replace("v1alpha1", "v2"),
      1,
      "apiVersion",
      /not that of an address policy/,
    ],
    ["two EnvoyGateways", `${named}---\n${named}`, 6, undefined, /more than one/],
    ["a field of the wrong type", `${gateway}provider: {type: Cloud}\n`, 3, "provider.type", /Cloud/],
    ["another kind", `${named}---\napiVersion: v1\nkind: ConfigMap\n`, 6, undefined, /no configuration/],
    ["no kind", "rules: []\n", 1, undefined, /no configuration/],
    ["broken YAML", "rules: [\n", 2, undefined, /./],
  ])("with %s is refused with its place", (_, text, line, field, message) => {
    const file = write(text)
    const errors = loadConfiguration(file).diagnostics.filter(({ severity }) => severity === "error")
    expect(errors).toContainEqual(expect.objectContaining({ file, line, message: expect.stringMatching(message) }))
    if (field !== undefined) expect(errors.map((each) => each.field)).toContain(field)
    const place = new RegExp(`config\\.yaml:${line}`)
    expect(() => configurationOf({ config: file }, "host")).toThrow(
      expect.objectContaining({ code: errors[0]?.code, message: expect.stringMatching(place) }),
    )
  })

  it("allows nothing by a part of an address policy", () => {
    const { diagnostics, ...rest } = loadConfiguration(write(addresses("[10.0.0.0/8, everything]")))
    expect([diagnostics, rest]).toEqual([[expect.objectContaining({ code: "ATT_ADDRESS_POLICY" })], {}])
  })

  it("names all kinds where it finds another", () => {
    const [finding] = loadConfiguration(write("apiVersion: v1\nkind: Secret\n")).diagnostics
    expect(finding?.code).toBe("ATT_RESOURCE_NOT_CONFIGURATION")
    expect(finding?.hint).toMatch(/EnvoyGateway, or .*attache\.dev\/v1alpha1.*SignaturePolicy or AddressPolicy/)
  })

  it("that cannot be read, or is too large, is a mistake of the command line", () => {
    for (const file of [join(folder, "absent.yaml"), write("#".repeat(1024 * 1024 + 1))]) {
      expect(() => loadConfiguration(file)).toThrow(expect.objectContaining({ code: "ATT_USAGE_OPTION" }))
    }
  })
})
