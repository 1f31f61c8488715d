import { isIP } from "node:net"

const dnsName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/** Whether a text is a DNS-1123 subdomain, at most 253 characters. */
export function isDnsName(text: string): boolean {
  return text.length <= 253 && dnsName.test(text)
}

/** Whether an IP address means the machine itself. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, "")
  return plain.startsWith("127.") || plain === "::1"
}

/**
 * Why a hostname cannot stand in a Backend, or undefined. `kind` names it in the text: `hostname` or `FQDN`.
 *
 * One trailing dot is fine; a proxy on this machine may also use single labels such as `localhost`. Source: Envoy Gateway 1.9.
 */
export function backendHostnameError(hostname: string, kind: string, isOnHost: boolean): string | undefined {
  const name = hostname.endsWith(".") ? hostname.slice(0, -1) : hostname
  if (!isDnsName(name)) return `hostname ${hostname} is not a valid ${kind}`
  if (!isOnHost && !name.includes(".")) {
    return `hostname ${hostname} should be a domain with at least two segments separated by dots`
  }
  if (isIP(name) !== 0) return `hostname ${hostname} is an IP address`
  return undefined
}

/** Why an IP address cannot stand in a Backend, or undefined. Loopback is for a proxy on this machine. */
export function backendIpError(address: string, isOnHost: boolean): string | undefined {
  if (isIP(address.replace(/%.*$/, "")) === 0) return `IP address ${address} is invalid`
  if (!isOnHost && isLoopback(address)) {
    return `IP address ${address} in the loopback range is only supported when using the Host infrastructure`
  }
  return undefined
}

const dnsNameRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an " +
  "alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

/** Why a hostname cannot be rewritten or redirected to, or undefined; in the words of Kubernetes' own check. */
export function rewriteHostnameError(hostname: string): string | undefined {
  const errors: string[] = []
  if (hostname.length > 253) errors.push("must be no more than 253 bytes")
  if (!dnsName.test(hostname)) errors.push(dnsNameRule)
  if (errors.length > 0) return `hostname ${JSON.stringify(hostname)} is invalid: [${errors.join(" ")}]`
  if (isIP(hostname) !== 0) return `hostname: ${JSON.stringify(hostname)} cannot be an ip address`
  const long = hostname.split(".").find((label) => label.length > 63)
  if (long === undefined) return undefined
  return `label: ${JSON.stringify(long)} in hostname ${JSON.stringify(hostname)} cannot exceed 63 characters`
}
