// The state of a control plane as one document: for the status file, for HTTP, and for the command.
import type { Diagnostic } from "@attache/base"
import type { ObjectStatus } from "@attache/translate"
import type { ControlPlane } from "../control-plane.ts"
import type { Refusal } from "../refusals.ts"

/** One proxy: what it should have, and what its Envoys say. */
export interface ProxyReport {
  readonly key: string
  /** Number of resources by short type name. */
  readonly resources: Readonly<Record<string, number>>
  readonly envoys: readonly EnvoyReport[]
}

/** One connected Envoy. */
export interface EnvoyReport {
  readonly nodeId: string
  readonly variant: "delta" | "sotw"
  /** Everything that was asked for is accepted in its wanted version. */
  readonly isInSync: boolean
  /** Resources by state over all types: `acked`, `sent`, `pending`, `nacked`, `absent`. */
  readonly states: Readonly<Record<string, number>>
}

/** The whole document. */
export interface StatusReport {
  readonly isReady: boolean
  /** Addresses of the xDS server. */
  readonly xds: readonly string[]
  readonly proxies: readonly ProxyReport[]
  readonly refusals: readonly Refusal[]
  readonly objects: readonly ObjectStatus[]
  readonly findings: readonly Diagnostic[]
  readonly staleFiles: readonly string[]
  /** Modules on their way. */
  readonly pendingModules: number
}

/** Reports a control plane as it is now. */
export function reportStatus(controlPlane: ControlPlane, addresses: readonly string[]): StatusReport {
  const { translator, xds, files, refusals } = controlPlane
  const view = files.view()
  return {
    isReady: controlPlane.isReady(),
    xds: addresses,
    proxies: controlPlane.proxyKeys().map((key) => reportProxy(controlPlane, key)),
    refusals: refusals.list(),
    objects: translator.statuses(),
    findings: view.findings,
    staleFiles: view.staleFiles,
    pendingModules: translator.pending(),
  }

  function reportProxy({ xds: server }: ControlPlane, key: string): ProxyReport {
    const resources: Record<string, number> = {}
    for (const [typeUrl, type] of server.snapshot(key)?.types ?? []) resources[shortName(typeUrl)] = type.resources.size
    const envoys = xds.acks(key).map(({ nodeId, variant, types }) => {
      const states: Record<string, number> = {}
      for (const { resources: acks } of types.values())
        for (const { state } of acks.values()) states[state] = (states[state] ?? 0) + 1
      const isInSync =
        Object.keys(states).every((state) => state === "acked" || state === "absent") && (states.acked ?? 0) > 0
      return { nodeId, variant, isInSync, states }
    })
    return { key, resources, envoys }
  }
}

function shortName(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf(".") + 1)
}
