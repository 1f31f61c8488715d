/** How a more specific specification goes over a less specific one; `Replace` is the caller's case. */
export type MergeType = "StrategicMerge" | "JSONMerge"

/** Lists that a strategic merge joins by a key, by the name of their field; Envoy Gateway's own types have none, embedded Kubernetes types do. */
const listKeys: Readonly<Record<string, string>> = {
  containers: "name",
  initContainers: "name",
  env: "name",
  volumes: "name",
  volumeMounts: "mountPath",
  ports: "containerPort",
  imagePullSecrets: "name",
  topologySpreadConstraints: "topologyKey",
}

/**
 * One specification over another: RFC 7396 for `JSONMerge`; for `StrategicMerge` also lists of Kubernetes types by their merge key.
 *
 * Both arguments stay as they are. Null removes.
 */
export function mergeSpec<T extends object>(base: T, over: T, mergeType: MergeType): T {
  return merge(base, over, mergeType === "StrategicMerge") as T
}

function merge(base: unknown, over: unknown, isStrategic: boolean, field = ""): unknown {
  if (Array.isArray(base) && Array.isArray(over) && isStrategic) {
    const key = listKeys[field]
    return key === undefined ? over : mergeLists(base, over, key)
  }
  if (!isRecord(over)) return over
  const result: Record<string, unknown> = isRecord(base) ? { ...base } : {}
  for (const [name, value] of Object.entries(over)) {
    if (value === null) delete result[name]
    else if (value !== undefined) result[name] = merge(result[name], value, isStrategic, name)
  }
  return result
}

function mergeLists(base: readonly unknown[], over: readonly unknown[], key: string): unknown[] {
  const result = [...base]
  for (const item of over) {
    const identity = isRecord(item) ? item[key] : undefined
    const at = result.findIndex((other) => isRecord(other) && identity !== undefined && other[key] === identity)
    if (at < 0) result.push(item)
    else result[at] = merge(result[at], item, true)
  }
  return result
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
