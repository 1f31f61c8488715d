import { type Condition, type GatewayClass, setCondition } from "@attache/kube-api"
import { objectKey, type World } from "../../world/world.ts"
import { classEnvoyProxy } from "./envoy-proxy.ts"

/** Classes of our controller by name, sorted. */
export function managedClasses(world: World): readonly string[] {
  return world.members("kind", "GatewayClass").flatMap((key) => {
    const object = world.lookup(key) as GatewayClass | undefined
    return object !== undefined && isManaged(world, object) ? [object.metadata.name] : []
  })
}

/** A class of ours, or undefined. */
export function managedClass(world: World, name: string): GatewayClass | undefined {
  const object = world.get("GatewayClass", "", name)
  return object !== undefined && isManaged(world, object) ? object : undefined
}

function isManaged(world: World, gatewayClass: GatewayClass): boolean {
  return gatewayClass.spec.controllerName === world.settings().controllerName
}

/**
 * Conditions of a class that translation decides; none for a class without parameters.
 *
 * Source: Envoy Gateway 1.9.
 */
export function gatewayClassConditions(world: World, gatewayClass: GatewayClass): readonly Condition[] {
  const proxy = classEnvoyProxy(world, gatewayClass)
  if (!proxy.isReferenced) return []
  const generation = gatewayClass.metadata.generation
  const observed = generation === undefined ? {} : { observedGeneration: generation }
  const condition: Condition =
    proxy.error === undefined
      ? { type: "Accepted", status: "True", reason: "Accepted", message: "Valid GatewayClass", ...observed }
      : {
          type: "Accepted",
          status: "False",
          reason: "InvalidParameters",
          message: `Invalid parametersRef: ${proxy.error}`,
          ...observed,
        }
  return setCondition([], condition)
}

/** Keys of the Gateways of a class. */
export function gatewaysOfClass(world: World, name: string): readonly string[] {
  return world.members("gateways-of-class", name)
}

/** Key of a GatewayClass. */
export function classKey(name: string): string {
  return objectKey("GatewayClass", "", name)
}
