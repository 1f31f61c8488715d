// Which addresses a request may reach: names and redirects are other people's input, and we see networks they do not.
import { BlockList, isIP, isIPv4, isIPv6 } from "node:net"

/** Which kinds of addresses may be reached beside public ones. */
export interface AddressPolicy {
  /** 127.0.0.0/8, ::1. Allowed in the host profile. */
  readonly isLoopbackAllowed: boolean
  /** RFC 1918, RFC 4193 and carrier-grade NAT; usual inside a cluster. Link-local and metadata addresses are never allowed. */
  readonly isPrivateAllowed: boolean
}

/** For who sits at the machine and names what is asked: everything but link-local and metadata addresses. */
export const hostAddresses: AddressPolicy = { isLoopbackAllowed: true, isPrivateAllowed: true }

/** For requests on behalf of others: public addresses alone. */
export const publicAddresses: AddressPolicy = { isLoopbackAllowed: false, isPrivateAllowed: false }

const loopback = blockList(["127.0.0.0/8", "::1/128"])
const privateRanges = blockList([
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"],
  // Benchmarks, protocol assignments, former site-local.
  ...["198.18.0.0/15", "192.0.0.0/24", "fc00::/7", "fec0::/10"],
])
const never = blockList([
  ...["0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "fe80::/10", "ff00::/8"],
  // Metadata services of clouds outside of the link-local range: AWS, Google, Oracle, Scaleway; Alibaba, Oracle, Azure.
  ...["fd00:ec2::254/128", "fd20:ce::254/128", "fd00:c1::a9fe:a9fe/128", "fd00:42::42/128"],
  ...["100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32"],
  // Teredo: an IPv4 address of somebody's choice, turned over.
  "2001::/32",
])

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = "", bits = "0"] = range.split("/")
    list.addSubnet(address, Number(bits), address.includes(":") ? "ipv6" : "ipv4")
  }
  return list
}

/** Whether an address may be reached. An IPv6 address that stands for an IPv4 one is judged as that; what is no address may not. */
export function isAddressAllowed(address: string, policy: AddressPolicy): boolean {
  const plain = embeddedIpv4(address) ?? address
  if (isIP(plain) === 0) return false
  const family = isIPv4(plain) ? "ipv4" : "ipv6"
  if (never.check(plain, family)) return false
  if (loopback.check(plain, family)) return policy.isLoopbackAllowed
  return !privateRanges.check(plain, family) || policy.isPrivateAllowed
}

/**
 * The IPv4 address that an IPv6 one leads to: mapped, compatible, translated, NAT64, 6to4 or ISATAP.
 *
 * Sources: RFC 4291 section 2.5.5, RFC 2765, RFC 6052, RFC 8215, RFC 3056, RFC 5214.
 */
function embeddedIpv4(address: string): string | undefined {
  const groups = ipv6Groups(address)
  if (groups === undefined) return undefined
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups
  const last = ipv4Of(g, h)
  const isZeroTo = (end: number): boolean => groups.slice(0, end).every((group) => group === 0)
  if (isZeroTo(5) && f === 0xffff) return last
  if (isZeroTo(4) && e === 0xffff && f === 0) return last
  // ::1 and :: are addresses of their own.
  if (isZeroTo(6) && (g !== 0 || h > 1)) return last
  if (a === 0x64 && b === 0xff9b && (c === 1 || (c === 0 && d === 0 && e === 0 && f === 0))) return last
  if ((e & 0xfdff) === 0 && f === 0x5efe) return last
  return a === 0x2002 ? ipv4Of(b, c) : undefined
}

function ipv4Of(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join(".")
}

/** The eight groups of an IPv6 address in any spelling, without its zone. */
function ipv6Groups(address: string): readonly number[] | undefined {
  // Cheaper than the pattern behind isIPv6, which most addresses need not meet.
  if (!address.includes(":") || !isIPv6(address)) return undefined
  const plain = address.replace(/%.*$/, "").replace(/\d+\.\d+\.\d+\.\d+$/, (dotted) => {
    const [a = 0, b = 0, c = 0, d = 0] = dotted.split(".").map(Number)
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
  })
  const [head = "", tail] = plain.split("::")
  const left = groupsOf(head)
  const right = groupsOf(tail ?? "")
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]
}

function groupsOf(text: string): readonly number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16))
}
