// Listeners and clusters that an Envoy accepted and does not use yet, and what they wait for.
import type { AdminClient, ListenerState } from "@attache/envoy"
import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { dumpedClusters } from "../judge/warming.ts"
import { subjectOf } from "./accepted.ts"
import type { Lack } from "./fact.ts"

/** What warms in an Envoy. @param listeners its listeners as they are now */
export async function warmingLacks(
  admin: Pick<AdminClient, "configDump" | "initDump">,
  listeners: readonly ListenerState[],
): Promise<readonly Lack[]> {
  const clusters = dumpedClusters(await admin.configDump({ resource: "dynamic_warming_clusters" }))
  const warming = listeners.filter(({ isWarming }) => isWarming)
  const waits = warming.length === 0 ? new Map<string, readonly string[]>() : await admin.initDump()
  return [
    ...warming.map(({ name, activeSince }) => ({
      subject: subjectOf(typeUrls.listener, name),
      reason: `it warms${waitsFor(waits, name)}${activeSince === undefined ? "" : "; its last form is in use"}`,
    })),
    ...clusters.map(({ name }) => ({
      subject: subjectOf(typeUrls.cluster, name),
      reason: "it warms: it waits for endpoints, a name, a health check or a secret",
    })),
  ]
}

/** Source: Envoy 1.40 names the init manager of a listener after it, with a hash behind, and targets `target RdsRouteConfigSubscription …`. */
function waitsFor(waits: ReadonlyMap<string, readonly string[]>, listener: string): string {
  const own = [...waits].filter(([manager]) =>
    manager.startsWith(`init manager Listener-local-init-manager ${listener} `),
  )
  const targets = own.flatMap(([, names]) =>
    names.map((name) => name.replace(/^target /, "").replace(/\s+\d{6,}$/, "")),
  )
  return targets.length === 0 ? "" : `, waiting for ${targets.join(", ")}`
}
