// The state of a control plane as one document: for the status file, for HTTP, and for the command.
import type { Diagnostic } from "@attache/base"
import type { ObjectStatus } from "@attache/translate"
import type { XdsServer } from "@attache/xds-server"
import type { ControlPlane } from "../control-plane.ts"
import { acceptedFact } from "../proxy-health/accepted.ts"
import { type Fact, type ProxyView, unknownFact } from "../proxy-health/fact.ts"
import { withdrawnLacks } from "../proxy-health/withdrawn.ts"
import type { QuarantinedPart } from "../quarantine/record.ts"
import type { Refusal } from "../refusals.ts"
import { statusesWithin } from "./statuses-within.ts"
import { withOrigins } from "./with-origins.ts"

/** One proxy: what it should have, and what its Envoys say. */
export interface ProxyReport {
  readonly key: string
  /** Number of resources by short type name; empty while nothing is published. */
  readonly resources: Readonly<Record<string, number>>
  readonly envoys: readonly EnvoyReport[]
  /** Every connected Envoy acknowledged everything, and nothing is kept from it because it was refused. */
  readonly accepted: Fact
  /** Nothing that was accepted waits to be used. */
  readonly warmed: Fact
  /** No plugin has failed and no external processor is dead. */
  readonly working: Fact
}

/** One stream of a connected Envoy; with single-type streams an Envoy has several. */
export interface EnvoyReport {
  readonly nodeId: string
  readonly variant: "delta" | "sotw"
  /** Everything that was asked for is accepted in its wanted version. */
  readonly isInSync: boolean
  /** Resources by state over all types: `acked`, `sent`, `pending`, `nacked`, `absent`. */
  readonly states: Readonly<Record<string, number>>
}

/** The whole document. Holds no secrets. */
export interface StatusReport {
  /** The first snapshots stand. */
  readonly isReady: boolean
  /** Addresses of the xDS server. */
  readonly xds: readonly string[]
  readonly proxies: readonly ProxyReport[]
  /** What Envoys refused and have not accepted since. */
  readonly refusals: readonly Refusal[]
  /** Parts that are withdrawn because an Envoy refused them. */
  readonly quarantine: readonly QuarantinedPart[]
  /** Statuses of all objects, by kind, namespace and name. */
  readonly objects: readonly ObjectStatus[]
  /** What is wrong with files and with what was made of them. */
  readonly findings: readonly Diagnostic[]
  /** Files whose last good objects are in force. */
  readonly staleFiles: readonly string[]
  /** Modules on their way. */
  readonly pendingModules: number
}

/**
 * Reports a control plane as it is now.
 *
 * @param addresses addresses of its xDS server
 * @param views what Envoys on this machine say, by proxy key; of others only what they accepted is known
 */
export function reportStatus(
  controlPlane: ControlPlane,
  addresses: readonly string[],
  views: ReadonlyMap<string, ProxyView> = new Map(),
): StatusReport {
  const { translator, xds, files, refusals, quarantine } = controlPlane
  const keys = controlPlane.proxyKeys()
  const withdrawn = quarantine.list()
  return {
    isReady: controlPlane.isReady(),
    xds: addresses,
    proxies: keys.map((key) => {
      const refused = withdrawn.filter(({ proxyKey }) => proxyKey === key)
      const report = reportProxy(xds, key, refused, views.get(key) ?? elsewhere)
      const snapshot = () => translator.snapshot(key)
      return {
        ...report,
        accepted: withOrigins(report.accepted, snapshot),
        warmed: withOrigins(report.warmed, snapshot),
      }
    }),
    refusals: refusals.list(),
    quarantine: withdrawn,
    objects: statusesWithin(
      translator.statuses(),
      withdrawn,
      keys.flatMap((key) => views.get(key)?.working.lacks ?? []),
    ),
    findings: [...controlPlane.findings(), ...(keys.length === 0 && controlPlane.isReady() ? [noGateway] : [])],
    staleFiles: files.view().staleFiles,
    pendingModules: translator.pending(),
  }
}

const noGateway: Diagnostic = {
  code: "ATT_GATEWAY_NONE",
  severity: "warning",
  message: "no Gateway of ours is among the resources, so no proxy gets anything",
  hint: "add a Gateway, and a GatewayClass whose controllerName is ours",
}

const unseen = unknownFact("its Envoys run elsewhere, and their admin interfaces are not ours to ask")
const elsewhere: ProxyView = { warmed: unseen, working: unseen }

function reportProxy(
  xds: XdsServer,
  key: string,
  refused: readonly QuarantinedPart[],
  { warmed, working }: ProxyView,
): ProxyReport {
  const resources: Record<string, number> = {}
  for (const [typeUrl, type] of xds.snapshot(key)?.types ?? []) resources[shortName(typeUrl)] = type.resources.size
  const clients = xds.acks(key)
  const envoys = clients.map(({ nodeId, variant, types }) => {
    const states: Record<string, number> = {}
    for (const { resources: acks } of types.values()) {
      for (const { state } of acks.values()) states[state] = (states[state] ?? 0) + 1
    }
    const isInSync = Object.keys(states).every((state) => state === "acked" || state === "absent")
    return { nodeId, variant, isInSync: isInSync && (states.acked ?? 0) > 0, states }
  })
  const accepted = acceptedFact(xds.snapshot(key), clients, withdrawnLacks(refused))
  return { key, resources, envoys, accepted, warmed, working }
}

function shortName(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf(".") + 1)
}
