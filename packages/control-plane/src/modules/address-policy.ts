// Which addresses a fetch may reach: names in resources are tenants' input, and the control plane sees networks they do not.
import { lookup } from "node:dns/promises"
import { BlockList, isIP } from "node:net"
import { AttacheError } from "@attache/base"

/** Which kinds of addresses may be reached beside public ones. */
export interface AddressPolicy {
  /** 127.0.0.0/8, ::1. Allowed in the host profile. */
  readonly isLoopbackAllowed: boolean
  /** RFC 1918, RFC 4193 and carrier-grade NAT; usual inside a cluster. Link-local and metadata addresses are never allowed. */
  readonly isPrivateAllowed: boolean
}

const loopback = blockList(["127.0.0.0/8", "::1/128"])
const privateRanges = blockList(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"])
const never = blockList(["0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "fe80::/10", "ff00::/8", "fd00:ec2::254/128"])

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = "", bits = "0"] = range.split("/")
    list.addSubnet(address, Number(bits), address.includes(":") ? "ipv6" : "ipv4")
  }
  return list
}

/** Whether an address may be reached. IPv4 addresses in IPv6 form are judged as IPv4. */
export function isAddressAllowed(address: string, policy: AddressPolicy): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "")
  const family = plain.includes(":") ? "ipv6" : "ipv4"
  if (never.check(plain, family)) return false
  if (loopback.check(plain, family)) return policy.isLoopbackAllowed
  return !privateRanges.check(plain, family) || policy.isPrivateAllowed
}

/**
 * Resolves a host and gives the address to connect to.
 *
 * One forbidden address refuses the whole name: a name with two faces is not to be trusted. Errors: ATT_MODULE_ADDRESS_DENIED, ATT_MODULE_UNREACHABLE.
 */
export async function checkAddress(host: string, policy: AddressPolicy): Promise<string> {
  const addresses = isIP(host) === 0 ? await resolve(host) : [host]
  const denied = addresses.find((address) => !isAddressAllowed(address, policy))
  if (denied !== undefined) {
    throw new AttacheError("ATT_MODULE_ADDRESS_DENIED", `${host} is at ${denied}, which may not be reached`, {
      hint: "serve the module from a public address, or allow private ones in the control plane's configuration",
      facts: { host, address: denied },
    })
  }
  const [first] = addresses
  if (first === undefined) throw new AttacheError("ATT_MODULE_UNREACHABLE", `${host} has no address`, { retry: "later", facts: { host } })
  return first
}

async function resolve(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address)
  } catch (error) {
    throw new AttacheError("ATT_MODULE_UNREACHABLE", `${host} cannot be resolved: ${(error as Error).message}`, { retry: "later", cause: error, facts: { host } })
  }
}
