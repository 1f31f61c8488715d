import { describe, expect, it } from "vitest"
import { backendHostnameError, backendIpError, rewriteHostnameError } from "./backend-address.ts"

describe("backendHostnameError", () => {
  it.each([
    ["a.example.com", false, undefined],
    ["a.example.com.", false, undefined],
    ["localhost", true, undefined],
    ["localhost", false, "hostname localhost should be a domain with at least two segments separated by dots"],
    ["*.foo.com", false, "hostname *.foo.com is not a valid FQDN"],
    ["1.2.3.4", false, "hostname 1.2.3.4 is an IP address"],
  ])("of %s, on host %s", (name, isOnHost, error) => {
    expect(backendHostnameError(name, "FQDN", isOnHost)).toBe(error)
  })
})

describe("backendIpError", () => {
  const loopback = (ip: string) =>
    `IP address ${ip} in the loopback range is only supported when using the Host infrastructure`
  it.each([
    ["1.2.3.4", false, undefined],
    ["2001:db8::1", false, undefined],
    ["127.9.9.9", true, undefined],
    ["127.9.9.9", false, loopback("127.9.9.9")],
    ["::1", false, loopback("::1")],
    ["::ffff:127.0.0.1", false, loopback("::ffff:127.0.0.1")],
    ["example.com", false, "IP address example.com is invalid"],
  ])("of %s, on host %s", (ip, isOnHost, error) => {
    expect(backendIpError(ip, isOnHost)).toBe(error)
  })
})

describe("rewriteHostnameError", () => {
  it.each(["example.com", "localhost", "a-b.c"])("takes %s", (name) =>
    expect(rewriteHostnameError(name)).toBeUndefined(),
  )
  it.each([
    ["-rewrite.com", /^hostname "-rewrite\.com" is invalid: \[a lowercase RFC 1123 subdomain /],
    ["1.2.3.4", /^hostname: "1\.2\.3\.4" cannot be an ip address$/],
    [`${"a".repeat(64)}.com`, /cannot exceed 63 characters$/],
    [`${"a.".repeat(127)}aa`, /must be no more than 253 bytes/],
  ])("refuses %s", (name, error) => expect(rewriteHostnameError(name)).toMatch(error))
})
