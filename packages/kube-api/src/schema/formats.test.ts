import { describe, expect, it } from "vitest"
import { formatCheck } from "./formats.ts"

describe("formats", () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ["ipv4", ["1.2.3.4", "010.0.0.1", "::ffff:1.2.3.4"], ["1.2.3", "1.2.3.256", "::1", "1.2.3.4:80", ""]],
    ["ipv6", ["::1", "2001:db8::", "::ffff:1.2.3.4"], ["1.2.3.4", "fe80::1%eth0", "g::", ""]],
    ["cidr", ["10.0.0.0/8", "::/0", "010.0.0.0/8"], ["10.0.0.0", "10.0.0.0/33", "::/129", "a/8", ""]],
    [
      "date-time",
      ["2024-02-29T23:59:59Z", "2024-01-01t00:00:00.5+01:00"],
      [
        "2023-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-01-01",
        "2024-01-01T24:00:00Z",
        "2024-01-01 00:00:00Z",
        "",
      ],
    ],
    ["date", ["2000-02-29", "2024-12-31"], ["1900-02-29", "2024-04-31", "2024-1-1", "2024-00-01"]],
    ["byte", ["YQ==", "YWI=", "YWJj"], ["", "YQ", "YQ=", "a b="]],
    ["uuid", ["123e4567-e89b-12d3-a456-426614174000", "123E4567E89B12D3A456426614174000"], ["123e4567"]],
    ["uuid4", ["123e4567-e89b-42d3-a456-426614174000"], ["123e4567-e89b-12d3-a456-426614174000"]],
    ["uri", ["https://a.example.com/b?c", "/a", "urn:x"], ["a b", "", "example"]],
    ["mac", ["01:23:45:67:89:ab", "01-23-45-67-89-AB"], ["01:23", "0123456789ab"]],
    ["password", ["", "anything"], []],
    ["k8s-short-name", ["a-1"], ["A", "a.b", ""]],
    ["k8s-long-name", ["a.b-1"], ["A", "a..b", ""]],
  ])("%s", (format, right, wrong) => {
    const check = formatCheck(format)
    for (const text of right) expect(check?.(text), text).toBe(true)
    for (const text of wrong) expect(check?.(text), text).toBe(false)
  })

  it("are not looked at when nobody knows them", () => {
    expect(formatCheck("semver")).toBeUndefined()
    expect(formatCheck("constructor")).toBeUndefined()
  })
})
