import type { Namespace } from "@attache/kube-api"
import type { World } from "../world/world.ts"

/**
 * The Namespace of that name; undefined when there is none.
 *
 * Files seldom hold Namespaces. Where settings say that they are implied, a missing one counts as there, with the label
 * that every cluster gives it.
 */
export function namespaceOf(world: World, name: string): Namespace | undefined {
  const found = world.get("Namespace", "", name)
  if (found !== undefined || !world.settings().hasImpliedNamespaces) return found
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, namespace: "", labels: { "kubernetes.io/metadata.name": name } },
  }
}
