import { describe, expect, it } from "vitest"
import { isAddressAllowed } from "./address-policy.ts"

const loopback = { isLoopbackAllowed: true, isPrivateAllowed: false }
const inCluster = { isLoopbackAllowed: false, isPrivateAllowed: true }
const publicOnly = { isLoopbackAllowed: false, isPrivateAllowed: false }
const all = { isLoopbackAllowed: true, isPrivateAllowed: true }

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

describe("isAddressAllowed", () => {
  for (const [need, addresses] of Object.entries(table)) {
    it.each(addresses)(`${need}: %s`, (address) => {
      expect(isAddressAllowed(address, publicOnly)).toBe(need === "public")
      expect(isAddressAllowed(address, loopback)).toBe(need === "public" || need === "loopback")
      expect(isAddressAllowed(address, inCluster)).toBe(need === "public" || need === "private")
      expect(isAddressAllowed(address, all)).toBe(need !== "never")
    })
  }
})
