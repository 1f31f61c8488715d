// Which addresses a request may reach: names and redirects are other people's input, and we see networks they do not.
import { BlockList, isIP, isIPv4, isIPv6 } from "node:net"

/** Says which addresses may be reached. */
export interface AddressPolicy {
  /** Whether a request for a host may go to one of its addresses; what is no address may not be reached. */
  allows(address: string, host: string): boolean
  /** What to do where it says no. */
  readonly cure: string
}

/** Addresses of this machine, as ranges. */
export const loopbackRanges: readonly string[] = ["127.0.0.0/8", "::1/128"]

const loopback = blockList(loopbackRanges)
const privateRanges = blockList([
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"],
  // Benchmarks, protocol assignments, former site-local.
  ...["198.18.0.0/15", "192.0.0.0/24", "2001:2::/48", "fc00::/7", "fec0::/10"],
  // Documentation, which closed networks use all the same; discarded; segment routing. Not globally reachable: RFC 6890.
  ...["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20", "100::/64", "5f00::/16"],
])
const never = blockList([
  ...["0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "fe80::/10", "ff00::/8"],
  // Metadata services of clouds outside of the link-local range: AWS, Google, Oracle, Scaleway; Alibaba, Oracle, Azure.
  ...["fd00:ec2::254/128", "fd20:ce::254/128", "fd00:c1::a9fe:a9fe/128", "fd00:42::42/128"],
  ...["100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32"],
  // Teredo: an IPv4 address of somebody's choice, turned over.
  "2001::/32",
])

/**
 * For requests on behalf of others: public addresses, and those in ranges.
 *
 * An IPv6 address that stands for an IPv4 one is judged as that. Link-local and metadata addresses are in no range.
 *
 * @param ranges CIDR notation that {@link isAddressRange} takes; another throws a RangeError
 */
export function addressesBeside(ranges: readonly string[]): AddressPolicy {
  const wrong = ranges.find((range) => !isAddressRange(range))
  if (wrong !== undefined) throw new RangeError(`${wrong} is no range of addresses`)
  const allowed = blockList(ranges)
  return {
    allows: (address) => {
      const [plain, distance] = place(address)
      return distance === "public" || (distance !== "never" && allowed.check(plain, familyOf(plain)))
    },
    cure: "use a public address, or allow this one: an AddressPolicy in the file of --config; metadata addresses stay closed",
  }
}

/**
 * For who sits at the machine and names a host: that one may be anywhere but at metadata addresses, and where it sends us, by
 * redirects or for logins, is no nearer to us than itself. So a public host leads to public ones alone, one in a private
 * network never to this machine. A host that was at several distances counts as the farthest.
 */
export function addressesAsNearAs(named: string): AddressPolicy {
  let nearest: number | undefined
  return {
    allows: (address, host) => {
      const [, distance] = place(address)
      const rank = distances.indexOf(distance)
      if (distance !== "never" && host === named) nearest = Math.min(nearest ?? rank, rank)
      return distance !== "never" && (host === named || rank <= (nearest ?? 0))
    },
    cure: `${named} may lead to hosts as public as itself; metadata addresses stay closed`,
  }
}

/** Whether a text is a range of addresses, as `10.0.0.0/8` or `fd00::/8`. */
export function isAddressRange(text: string): boolean {
  const [address = "", bits = ""] = text.split("/")
  const most = isIPv4(address) ? 32 : isIPv6(address) && !address.includes("%") ? 128 : -1
  return text === `${address}/${bits}` && /^\d{1,3}$/.test(bits) && Number(bits) <= most
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = "", bits = ""] = range.split("/")
    list.addSubnet(address, Number(bits), familyOf(address))
  }
  return list
}

/** From far to near. */
const distances = ["public", "private", "loopback", "never"] as const

/** An address as it is judged, and how near it is. */
function place(address: string): readonly [plain: string, distance: (typeof distances)[number]] {
  const plain = embeddedIpv4(address) ?? address
  if (isIP(plain) === 0) return [plain, "never"]
  const family = familyOf(plain)
  if (never.check(plain, family)) return [plain, "never"]
  if (loopback.check(plain, family)) return [plain, "loopback"]
  return [plain, privateRanges.check(plain, family) ? "private" : "public"]
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return address.includes(":") ? "ipv6" : "ipv4"
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
