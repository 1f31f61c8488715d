import { describe, expect, it } from "vitest"
import { anyAddresses, publicAddresses } from "../../test/addresses.ts"
import { addressesAsNearAs, addressesBeside, isAddressRange, loopbackRanges } from "./address-policy.ts"

/** Which policy an address needs at least. */
const table: Readonly<Record<"public" | "loopback" | "private" | "never", readonly string[]>> = {
  public: [
    ...[
      "8.8.8.8",
      "1.1.1.1",
      "172.15.255.255",
      "172.32.0.0",
      "100.63.255.255",
      "100.128.0.0",
      "192.167.1.1",
      "11.0.0.1",
    ],
    ...["2600::5efe:808:808", "2001:1::1"],
    ...["2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"],
  ],
  loopback: [
    ...["127.0.0.1", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1", "0000:0000:0000:0000:0000:0000:0000:0001"],
    ...["::ffff:127.0.0.1", "::ffff:7f00:1", "::FFFF:7F00:0001", "0:0:0:0:0:ffff:127.0.0.1", "::127.0.0.1", "::7f00:1"],
    ...["::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::127.0.0.1", "2002:7f00:1::"],
  ],
  private: [
    ...["10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "198.18.0.1"],
    ...[
      "fd00::1",
      "fc00::1",
      "fec0::1",
      "192.0.2.2",
      "198.51.100.1",
      "203.0.113.255",
      "2001:db8::1",
      "3fff::1",
      "100::1",
      "5f00::1",
      "2001:2::1",
      "::ffff:10.0.0.1",
      "::ffff:a00:1",
      "::10.0.0.1",
      "64:ff9b::10.0.0.1",
      "2002:a00:1::1",
    ],
  ],
  never: [
    ...[
      "0.0.0.0",
      "0.1.2.3",
      "169.254.169.254",
      "169.254.0.1",
      "224.0.0.1",
      "239.255.255.255",
      "240.0.0.1",
      "255.255.255.255",
    ],
    ...["fd20:ce::254", "fd00:c1::a9fe:a9fe", "fd00:42::42", "FD20:CE:0::254", "2001::a9fe:a9fe", "2001:0:1:2::"],
    ...["fd12:3456::5efe:169.254.169.254", "2600::200:5efe:a9fe:a9fe"],
    ...["100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "::", "fe80::1", "fe80::1%eth0", "ff02::1"],
    ...[
      "::ffff:169.254.169.254",
      "::ffff:a9fe:a9fe",
      "64:ff9b::169.254.169.254",
      "2002:a9fe:a9fe::",
      "::169.254.169.254",
    ],
    ...["", "localhost", "127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "127.0.0.1 ", "::1]", "1.2.3.4.5"],
  ],
}

/** Private addresses, in ranges that somebody would write. */
const privateRanges = [
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15", "fc00::/6"],
  ...["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2000::/3", "100::/64", "5f00::/16"],
]

describe("addressesBeside", () => {
  const policies = {
    public: publicAddresses,
    loopback: addressesBeside(loopbackRanges),
    private: addressesBeside(privateRanges),
    any: anyAddresses,
  }
  for (const [need, addresses] of Object.entries(table)) {
    it.each(addresses)(`${need}: %s`, (address) => {
      const isAllowed = (policy: keyof typeof policies): boolean => policies[policy].allows(address, "registry.example")
      expect(isAllowed("public")).toBe(need === "public")
      expect(isAllowed("loopback")).toBe(need === "public" || need === "loopback")
      expect(isAllowed("private")).toBe(need === "public" || need === "private")
      expect(isAllowed("any")).toBe(need !== "never")
    })
  }

  it("allows no more than a range", () => {
    const { allows } = addressesBeside(["10.1.0.0/16", "fd00:1::/32", "192.168.7.7/32"])
    const tried = [
      "10.1.255.255",
      "::ffff:10.1.2.3",
      "10.2.0.0",
      "fd00:1::1",
      "fd00:2::1",
      "192.168.7.7",
      "192.168.7.8",
    ]
    expect(tried.filter((address) => allows(address, ""))).toEqual([
      ...["10.1.255.255", "::ffff:10.1.2.3", "fd00:1::1", "192.168.7.7"],
    ])
  })

  it("takes no range that is none", () => {
    expect(() => addressesBeside(["10.0.0.0"])).toThrow(RangeError)
  })
})

describe("addressesAsNearAs", () => {
  /** An address at each distance, from far to near. */
  const at = ["8.8.8.8", "10.0.0.1", "127.0.0.1"] as const

  it("lets a host be anywhere but at metadata addresses", () => {
    const { allows } = addressesAsNearAs("r.example")
    expect([...at, "169.254.169.254", "nowhere"].map((address) => allows(address, "r.example"))).toEqual([
      ...[true, true, true],
      ...[false, false],
    ])
  })

  it.each([
    ["8.8.8.8", [true, false, false]],
    ["10.0.0.1", [true, true, false]],
    ["127.0.0.1", [true, true, true]],
  ])("lets one at %s lead to others no nearer than that", (own, expected) => {
    const { allows } = addressesAsNearAs("r.example")
    expect(allows(own, "r.example")).toBe(true)
    expect(at.map((address) => allows(address, "blobs.example"))).toEqual(expected)
    expect(allows("169.254.169.254", "blobs.example")).toBe(false)
  })

  it("takes one that changes its place for where it was farthest", () => {
    const { allows } = addressesAsNearAs("r.example")
    for (const own of ["127.0.0.1", "8.8.8.8", "127.0.0.1"]) allows(own, "r.example")
    expect(at.map((address) => allows(address, "blobs.example"))).toEqual([true, false, false])
  })

  it("lets one that was never found lead to public ones alone", () => {
    const { allows } = addressesAsNearAs("r.example")
    expect(at.map((address) => allows(address, "blobs.example"))).toEqual([true, false, false])
  })
})

it.each([
  ["10.0.0.0/8", true],
  ["10.1.2.3/32", true],
  ["0.0.0.0/0", true],
  ["fd00::/8", true],
  ["::1/128", true],
  ["10.0.0.0", false],
  ["10.0.0.0/33", false],
  ["10.0.0.0/-1", false],
  ["10.0.0.0/8/8", false],
  ["10.0.0/8", false],
  ["fd00::/129", false],
  ["fe80::1%eth0/64", false],
  ["registry.example/8", false],
  ["/8", false],
  ["", false],
])("knows whether %s is a range", (text, expected) => {
  expect(isAddressRange(text)).toBe(expected)
})
