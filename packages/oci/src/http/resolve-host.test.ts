import { describe, expect, it } from "vitest"
import { anyAddresses, publicAddresses } from "../../test/addresses.ts"
import { createEagerClock } from "../../test/eager-clock.ts"
import { addressesBeside, loopbackRanges } from "./address-policy.ts"
import { allowedAddresses } from "./resolve-host.ts"
import { retrying } from "./retry.ts"

const loopback = addressesBeside(loopbackRanges)

describe("allowedAddresses", () => {
  const denied = expect.objectContaining({ code: "ATT_HTTP_ADDRESS_DENIED" })
  const unreachable = expect.objectContaining({ code: "ATT_HTTP_UNREACHABLE", retry: "later" })

  it("takes literal addresses as they are and asks nobody", async () => {
    const nobody = () => Promise.reject(new Error("asked"))
    expect(await allowedAddresses("8.8.8.8", publicAddresses, nobody)).toEqual(["8.8.8.8"])
    expect(await allowedAddresses("::1", loopback, nobody)).toEqual(["::1"])
    await expect(allowedAddresses("127.0.0.1", publicAddresses, nobody)).rejects.toThrow(denied)
  })

  it("gives all addresses of a name in order", async () => {
    const resolve = async () => ["2001:4860:4860::8888", "8.8.8.8"]
    expect(await allowedAddresses("dns.google", publicAddresses, resolve)).toEqual(["2001:4860:4860::8888", "8.8.8.8"])
  })

  it("refuses a name with one forbidden face", async () => {
    const resolve = async () => ["8.8.8.8", "169.254.169.254"]
    await expect(allowedAddresses("two.faces", anyAddresses, resolve)).rejects.toThrow(
      expect.objectContaining({ facts: { host: "two.faces", address: "169.254.169.254" } }),
    )
  })

  it("says when a name has no address", async () => {
    await expect(allowedAddresses("none", anyAddresses, async () => [])).rejects.toThrow(unreachable)
    await expect(allowedAddresses("none", anyAddresses, () => Promise.reject(new Error("ENOTFOUND")))).rejects.toThrow(
      /none cannot be resolved: ENOTFOUND/,
    )
  })

  it.each([
    ["ENOTFOUND", 1],
    ["EAI_AGAIN", 3],
  ])("is asked again for what may pass: %s", async (code, asked) => {
    let count = 0
    const resolve = (): Promise<never> => {
      count++
      return Promise.reject(Object.assign(new Error(`getaddrinfo ${code} none`), { code }))
    }
    const again = retrying(() => allowedAddresses("none", anyAddresses, resolve), {
      attempts: 3,
      clock: createEagerClock(),
    })
    await expect(again).rejects.toThrow(unreachable)
    expect(count).toBe(asked)
  })

  it.each(["localhost", "2130706433", "0x7f000001", "0x7f.1", "127.1", "017700000001"])(
    "judges %s by what the system makes of it",
    async (host) => {
      // Systems differ in which spellings they take; none may lead to loopback unseen.
      await expect(allowedAddresses(host, publicAddresses)).rejects.toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^ATT_HTTP_(ADDRESS_DENIED|UNREACHABLE)$/) }),
      )
    },
  )

  it("finds localhost where loopback is allowed", async () => {
    const addresses = await allowedAddresses("localhost", loopback)
    expect(addresses.some((address) => address === "127.0.0.1" || address === "::1")).toBe(true)
  })
})
