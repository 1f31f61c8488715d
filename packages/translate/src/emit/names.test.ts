import { describe, expect, it } from "vitest"
import {
  hcmStatPrefix,
  plainHttpName,
  sdsClusterName,
  tcpListenerName,
  udpListenerName,
  urlClusterName,
  virtualHostName,
} from "./names.ts"

const listener = { name: "infra/edge/web", externalPort: 80, port: 10080 }

describe("names of resources", () => {
  it.each([
    [false, "infra/edge/web", "infra/edge/web", "infra/edge/web", "http-10080", "infra/edge/web/*_shop_test"],
    [true, "tcp-80", "udp-80", "http-80", "http-80", "*_shop_test"],
  ])("follow the scheme (v2: %s)", (isV2, tcp, udp, plain, stats, host) => {
    expect(tcpListenerName(listener, isV2)).toBe(tcp)
    expect(udpListenerName(listener, isV2)).toBe(udp)
    expect(plainHttpName(listener, isV2)).toBe(plain)
    expect(hcmStatPrefix(listener, isV2)).toBe(stats)
    expect(virtualHostName(listener.name, "*.shop.test", isV2)).toBe(host)
  })

  it("tells HTTPS statistics apart", () => {
    expect(hcmStatPrefix({ ...listener, tls: {} }, false)).toBe("https-10080")
  })

  it.each([
    ["https://modules.shop.test/a.so", "modules_shop_test_443"],
    ["http://modules.shop.test/a.so", "modules_shop_test_80"],
    ["http://modules.shop.test:8080/a.so", "modules_shop_test_8080"],
  ])("make a cluster of %s", (url, name) => {
    expect(urlClusterName(new URL(url))).toBe(name)
  })

  it("bound the readable part of SDS clusters", () => {
    const name = sdsClusterName(`/run/${"long/".repeat(30)}socket`)
    expect(name).toMatch(/^sds_run_long_[long_]{39}_[0-9a-f]{32}$/)
  })
})
