// Listeners of several proxies that want one port of this machine. In a cluster each proxy has its own addresses.

/** A listener as a translator gives it. */
export interface WantedListener {
  /** `NAMESPACE/GATEWAY/LISTENER`. */
  readonly name: string
  readonly address: string
  readonly port: number
  readonly protocol: "tcp" | "udp"
}

/** Two listeners of different proxies in one place. */
export interface PortClash {
  /** Name of the later one. */
  readonly name: string
  /** Says who else wants the port. */
  readonly message: string
}

/**
 * Clashes of proxies that run on one machine, at most one for each listener; earlier keys keep their ports.
 *
 * Envoy says nothing: it binds with SO_REUSEPORT, and the two would share the connections at random.
 */
export function portClashes(byKey: ReadonlyMap<string, readonly WantedListener[]>): readonly PortClash[] {
  const before: WantedListener[] = []
  const clashes: PortClash[] = []
  for (const listeners of byKey.values()) {
    for (const listener of listeners) {
      const { name, address, port, protocol } = listener
      const other = before.find((each) => isSamePlace(each, listener))
      if (other === undefined) continue
      const place = `${address.includes(":") ? `[${address}]` : address}:${port}`
      clashes.push({
        name,
        message: `listeners ${other.name} and ${name} both want ${place} (${protocol}) of this machine`,
      })
    }
    before.push(...listeners)
  }
  return clashes
}

const wildcards: readonly string[] = ["0.0.0.0", "::"]

function isSamePlace(a: WantedListener, b: WantedListener): boolean {
  if (a.port !== b.port || a.protocol !== b.protocol) return false
  return a.address === b.address || wildcards.includes(a.address) || wildcards.includes(b.address)
}
