import { lookup } from "node:dns/promises"
import { isIP } from "node:net"
import { AttacheError, messageOf } from "@attache/base"
import type { AddressPolicy } from "./address-policy.ts"

/** Gives the addresses of a host name; rejects when it has none. */
export type HostResolver = (host: string) => Promise<readonly string[]>

/** The host of a URL as resolvers and connections take it: an IPv6 address without its brackets. */
export function hostOf({ hostname }: Pick<URL, "hostname">): string {
  return hostname.replace(/^\[|\]$/g, "")
}

/**
 * Resolves a host and gives the addresses that may be connected to, in the resolver's order.
 *
 * One forbidden address refuses the whole name: a name with two faces is not to be trusted.
 * Errors: ATT_HTTP_ADDRESS_DENIED, ATT_HTTP_UNREACHABLE.
 *
 * @param resolve default: the system's resolver
 */
export async function allowedAddresses(
  host: string,
  policy: AddressPolicy,
  resolve: HostResolver = resolveBySystem,
): Promise<readonly string[]> {
  const addresses = isIP(host) === 0 ? await resolved(host, resolve) : [host]
  const denied = addresses.find((address) => !policy.allows(address, host))
  if (denied === undefined) return addresses
  const at = denied === host ? "" : ` is at ${denied}, which`
  throw new AttacheError("ATT_HTTP_ADDRESS_DENIED", `${host}${at} may not be reached from here`, {
    hint: policy.cure,
    facts: { host, address: denied },
  })
}

async function resolved(host: string, resolve: HostResolver): Promise<readonly string[]> {
  let reason: string
  let cause: unknown
  let code: unknown = "ENOTFOUND"
  try {
    const addresses = await resolve(host)
    if (addresses.length > 0) return addresses
    reason = "it has no address"
  } catch (error) {
    reason = messageOf(error)
    cause = error
    code = (error as NodeJS.ErrnoException | undefined)?.code
  }
  throw new AttacheError("ATT_HTTP_UNREACHABLE", `${host} cannot be resolved: ${reason}`, {
    retry: "later",
    cause,
    facts: { host, ...(typeof code === "string" ? { reason: code } : {}) },
  })
}

async function resolveBySystem(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}
