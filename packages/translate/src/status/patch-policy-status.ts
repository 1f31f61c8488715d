import { type Condition, type EnvoyPatchPolicy, setCondition } from "@attache/kube-api"
import { withGeneration } from "../attach/gateways/gateway-group.ts"
import { attachPatchPolicy, patchPolicyKey } from "../attach/policies/patch-policies.ts"
import { sentence } from "../attach/sentence.ts"
import type { PatchQueries } from "../patch/patch-queries.ts"
import type { World } from "../world/world.ts"

/** Status of an EnvoyPatchPolicy: whether it is accepted and, if so, whether its patches took; undefined when its target is nobody of ours. */
export function patchPolicyStatus(world: World, failures: PatchQueries["failures"], policy: EnvoyPatchPolicy) {
  const attachment = attachPatchPolicy(world, policy)
  if (attachment === undefined) return undefined
  const { proxyKey, ancestorRef, accepted } = attachment
  const conditions = setCondition([], accepted)
  const all =
    accepted.status === "True"
      ? setCondition(conditions, withGeneration(policy, programmed(failures(proxyKey, patchPolicyKey(policy)))))
      : conditions
  return { ancestors: [{ ancestorRef, controllerName: world.settings().controllerName, conditions: all }] }
}

/** Resources that are missing hide other errors. Source: Envoy Gateway 1.9. */
function programmed(failures: ReturnType<PatchQueries["failures"]>): Condition {
  const missing = failures.flatMap((one) => (one.type === "missing" ? [`${one.patch.typeUrl}/${one.patch.name}`] : []))
  const errors = failures.flatMap((one) => (one.type === "refused" ? [one.error] : []))
  if (missing.length > 0) {
    const message = `Unable to find xds resources: ${missing.join(",")}`
    return { type: "Programmed", status: "False", reason: "ResourceNotFound", message }
  }
  if (errors.length > 0)
    return { type: "Programmed", status: "False", reason: "Invalid", message: sentence(errors.join("\n")) }
  const message = "Patches have been successfully applied."
  return { type: "Programmed", status: "True", reason: "Programmed", message }
}
