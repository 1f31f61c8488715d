import type { SnapshotResource, XdsServer } from "@attache/xds-server"
import { pathsIn } from "./place.ts"

/** Whether a proxy has a path of the module server in what it is sent now. */
export type IsGiven = (proxyKey: string, path: string) => boolean

const listenerType = "type.googleapis.com/envoy.config.listener.v3.Listener"

/** Looks into the listeners of published snapshots; each version of one is read once, when somebody asks. */
export function givenPaths(xds: Pick<XdsServer, "snapshot">): IsGiven {
  const known = new WeakMap<SnapshotResource, ReadonlySet<string>>()
  const pathsOf = (resource: SnapshotResource): ReadonlySet<string> => {
    const paths = known.get(resource) ?? pathsIn(Buffer.from(resource.bytes).toString("latin1"))
    known.set(resource, paths)
    return paths
  }
  return (proxyKey, path) => {
    const listeners = xds.snapshot(proxyKey)?.types.get(listenerType)?.resources.values() ?? []
    for (const resource of listeners) if (pathsOf(resource).has(path)) return true
    return false
  }
}
