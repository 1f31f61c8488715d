// What the objects mean together: conditions that say no, and classes that nobody serves, as findings with their places.
import type { Diagnostic } from "@attache/base"
import type { GatewayClass, LoadedObject } from "@attache/kube-api"
import { type AnyObject, keyOf, type Settings, type Translator } from "@attache/translate"
import { codes } from "./codes.ts"
import { conditionsOf } from "./conditions.ts"
import { portClashes } from "./port-clashes.ts"

/**
 * Findings of translation: modules that are not there yet are no finding.
 *
 * @param byKey the objects that the translator holds, by `Kind/namespace/name`
 */
export function meaningFindings(
  translator: Translator,
  byKey: ReadonlyMap<string, LoadedObject>,
  settings: Settings,
): readonly Diagnostic[] {
  for (const key of translator.proxyKeys()) translator.snapshot(key)
  const findings: Diagnostic[] = []
  for (const { kind, namespace, name, status } of translator.statuses()) {
    const loaded = byKey.get(`${kind}/${namespace}/${name}`)
    if (loaded === undefined) continue
    for (const condition of conditionsOf(status)) {
      if (condition.status !== "False" || condition.reason === "Pending") continue
      findings.push(
        finding(
          loaded,
          "ATT_RESOURCE_CONDITION",
          "error",
          `${condition.type} is false, ${condition.reason}: ${condition.message}`,
        ),
      )
    }
  }
  const clashes = settings.profile === "host" ? takenPorts(translator, byKey) : []
  return [...findings, ...clashes, ...unservedClasses([...byKey.values()], settings)]
}

function takenPorts(translator: Translator, byKey: ReadonlyMap<string, LoadedObject>): readonly Diagnostic[] {
  const wanted = new Map(translator.proxyKeys().map((key) => [key, translator.listeners(key)]))
  return portClashes(wanted).flatMap(({ name, message }) => {
    const loaded = byKey.get(`Gateway/${name.split("/").slice(0, 2).join("/")}`)
    const hint = codes.ATT_RESOURCE_PORT_TAKEN.cure
    return loaded === undefined ? [] : [{ ...finding(loaded, "ATT_RESOURCE_PORT_TAKEN", "error", message), hint }]
  })
}

function unservedClasses(objects: readonly LoadedObject[], settings: Settings): readonly Diagnostic[] {
  const classes = objects
    .map(({ object }) => object as AnyObject)
    .filter(({ kind }) => kind === "GatewayClass") as unknown as readonly GatewayClass[]
  const served = new Set(
    classes.filter((c) => c.spec.controllerName === settings.controllerName).map((c) => c.metadata.name),
  )
  return objects.flatMap((loaded) => {
    const object = loaded.object as AnyObject
    if (object.kind === "GatewayClass" && !served.has(object.metadata.name)) {
      const hint = `write controllerName: ${settings.controllerName}`
      return [
        {
          ...finding(
            loaded,
            "ATT_RESOURCE_FOREIGN_CLASS",
            "warning",
            "this GatewayClass belongs to another controller",
          ),
          hint,
        },
      ]
    }
    const className =
      object.kind === "Gateway" ? (object.spec as { gatewayClassName?: string }).gatewayClassName : undefined
    if (className === undefined || served.has(className)) return []
    return [
      {
        ...finding(loaded, "ATT_RESOURCE_CLASS_NOT_SERVED", "error", `nobody serves the GatewayClass ${className}`),
        field: "spec.gatewayClassName",
        hint: "add a GatewayClass of that name, or name one that is there",
      },
    ]
  })
}

function finding(loaded: LoadedObject, code: string, severity: Diagnostic["severity"], message: string): Diagnostic {
  const { apiVersion, kind, metadata } = loaded.object as AnyObject
  const { file, line, column } = loaded.origin
  return {
    code,
    severity,
    message,
    file,
    line,
    column,
    object: { apiVersion, kind, namespace: metadata.namespace ?? "", name: metadata.name },
  }
}

/** Key of a loaded object. */
export function keyOfLoaded(loaded: LoadedObject): string {
  return keyOf(loaded.object as AnyObject)
}
