import type { ProxySnapshot, ResourceKind } from "@attache/translate"
import type { Fact, Lack } from "../proxy-health/fact.ts"
import { objectRefOf } from "../proxy-health/withdrawn.ts"

const kinds: Readonly<Record<string, ResourceKind>> = {
  Listener: "listeners",
  Cluster: "clusters",
  ClusterLoadAssignment: "endpoints",
  Secret: "secrets",
}

/**
 * A fact whose lacks name the object that a resource is made from, where they name only the resource.
 *
 * @param snapshotOf asked only then, since it may have to be made
 */
export function withOrigins(fact: Fact, snapshotOf: () => ProxySnapshot | undefined): Fact {
  const snapshot = fact.lacks.every(({ object }) => object !== undefined) ? undefined : snapshotOf()
  if (snapshot === undefined) return fact
  return { ...fact, lacks: fact.lacks.map((lack) => withOrigin(lack, snapshot)) }
}

function withOrigin(lack: Lack, { tables }: ProxySnapshot): Lack {
  const [, type = "", name] = /^(\w+) (.+)$/s.exec(lack.subject) ?? []
  const kind = kinds[type]
  if (lack.object !== undefined || lack.oneOf !== undefined || kind === undefined) return lack
  const resource = tables[kind].groups.flatMap(({ resources }) => resources).find((each) => each.name === name)
  const origin = resource?.origins[0]
  return origin === undefined || origin.object === ""
    ? lack
    : { ...lack, ...origin, object: objectRefOf(origin.object) }
}
