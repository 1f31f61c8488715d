// Wasm entries of a policy. The module comes from a cell: translation never waits for it.
import { sha256Hex } from "@attache/base"
import type { EnvoyExtensionPolicy, Wasm } from "@attache/kube-api"
import type { WasmCode, WasmPlan } from "../../../plan/index.ts"
import { keyOf, objectKey, type World } from "../../../world/world.ts"
import { isReferenceAllowed } from "../../references.ts"
import type { FeatureResult } from "./result.ts"

/** A module that is wanted; equal requests are one module. Plain data, free of secrets. */
export interface WasmRequest {
  readonly type: "HTTP" | "Image"
  /** For images in the form `oci://host/repository:tag` or with a digest, or `oci-layout:directory:tag`. */
  readonly url: string
  /** Lower case hex; of the file for HTTP, of the manifest for images. */
  readonly sha256?: string
  readonly pullPolicy?: "IfNotPresent" | "Always"
  /** Version of the owner where each of its changes asks anew: for `Always`, and by default for images tagged `latest`. */
  readonly resourceVersion?: string
  /** PEM text. */
  readonly caCertificate?: string
  /** Secret with registry credentials, `namespace/name`. */
  readonly pullSecret?: string
  /** Hex sha256 of what that Secret holds: with other credentials it is another request. */
  readonly pullSecretDigest?: string
}

/** A module as an entry finds it. `lastGood` is the one the entry had before, which stays while there is no answer to the new request. */
export type WasmModuleState =
  | { readonly state: "ready"; readonly value: WasmCode }
  | { readonly state: "pending"; readonly lastGood?: LastGoodModule }
  | { readonly state: "failed"; readonly error: string; readonly lastGood?: LastGoodModule }

/** A module that an entry had. */
export interface LastGoodModule {
  readonly code: WasmCode
  /** The entry as it was then: another module may not know the configuration of the new one. Absent: as it is now. */
  readonly entry?: Wasm
}

/**
 * Where modules come from. Absent in a translator without a module cache.
 *
 * @param attachment IR name of the entry that asks: the last good module belongs to it, not to the URL
 */
export type WasmModules = (request: WasmRequest, attachment: string, entry: Wasm) => WasmModuleState

const caKey = "ca.crt"

/** Plans the Wasm entries of a policy; failed ones are left out. Source: Envoy Gateway 1.9. */
export function planWasm(
  world: World,
  modules: WasmModules | undefined,
  owner: EnvoyExtensionPolicy,
  entries: readonly Wasm[],
): FeatureResult<WasmPlan> {
  if (entries.length === 0) return { items: [], errors: [], isFailOpen: true }
  if (modules === undefined) return { items: [], errors: ["wasm cache is not initialized"], isFailOpen: false }
  const items: WasmPlan[] = []
  const errors: string[] = []
  let isFailOpen = true
  let isPending = false
  for (const [index, entry] of entries.entries()) {
    const name = entryName(owner, index)
    const request = requestOf(world, owner, entry)
    const found: WasmModuleState =
      "error" in request ? { state: "failed", error: request.error } : modules(request, name, entry)
    const kept: LastGoodModule | undefined = found.state === "ready" ? { code: found.value } : found.lastGood
    if (kept === undefined) isFailOpen &&= entry.failOpen ?? false
    else items.push(planOf(owner, kept.entry ?? entry, index, name, kept.code))
    if (found.state === "pending") isPending = true
    else if (found.state === "failed") errors.push(found.error)
  }
  return { items, errors, isFailOpen, ...(isPending ? { isPending } : {}) }
}

/** What the entries of a policy ask for, attached or not; those that cannot ask are left out. */
export function wantedModules(
  world: World,
  owner: EnvoyExtensionPolicy,
): readonly { readonly attachment: string; readonly request: WasmRequest }[] {
  return (owner.spec.wasm ?? []).flatMap((entry, index) => {
    const request = requestOf(world, owner, entry)
    return "error" in request ? [] : [{ attachment: entryName(owner, index), request }]
  })
}

function entryName({ metadata }: EnvoyExtensionPolicy, index: number): string {
  return `envoyextensionpolicy/${metadata.namespace}/${metadata.name}/wasm/${index}`
}

function planOf(owner: EnvoyExtensionPolicy, entry: Wasm, index: number, name: string, code: WasmCode): WasmPlan {
  return {
    name,
    pluginName: entry.name ?? name,
    ...(entry.rootID === undefined ? {} : { rootId: entry.rootID }),
    ...(entry.config === undefined ? {} : { config: JSON.stringify(entry.config) }),
    isFailOpen: entry.failOpen ?? false,
    hostEnvKeys: entry.env?.hostKeys ?? [],
    code,
    origin: { object: keyOf(owner), field: `spec.wasm[${index}]` },
  }
}

function requestOf(world: World, owner: EnvoyExtensionPolicy, entry: Wasm): WasmRequest | { readonly error: string } {
  const { code } = entry
  const common = code.pullPolicy === undefined ? {} : { pullPolicy: code.pullPolicy }
  const source = code.type === "HTTP" ? code.http : code.image
  if (source === undefined) return { error: `unsupported wasm code source type ${JSON.stringify(code.type)}` }
  const ca = source.tls?.caCertificateRef === undefined ? {} : readCa(world, owner, source.tls.caCertificateRef)
  if (isError(ca)) return ca
  const checksum = source.sha256 === undefined ? {} : { sha256: source.sha256 }
  if (code.type === "HTTP") {
    const version = code.pullPolicy === "Always" ? { resourceVersion: versionOf(owner) } : {}
    return { ...common, ...version, type: "HTTP", url: source.url, ...checksum, ...ca }
  }
  const pull = code.image?.pullSecretRef === undefined ? {} : readPullSecret(world, owner, code.image.pullSecretRef)
  if (isError(pull)) return pull
  const url = imageUrl(source.url)
  const isAlways = (code.pullPolicy ?? (url.endsWith(":latest") ? "Always" : "IfNotPresent")) === "Always"
  const version = isAlways ? { resourceVersion: versionOf(owner) } : {}
  return { ...common, ...version, type: "Image", url, ...checksum, ...ca, ...pull }
}

/** Objects from files have no version of their own; what they say stands for it. */
function versionOf({ metadata, spec }: EnvoyExtensionPolicy): string {
  return metadata.resourceVersion ?? sha256Hex(JSON.stringify(spec))
}

function isError(read: object): read is { readonly error: string } {
  return "error" in read
}

function imageUrl(url: string): string {
  if (url.startsWith("oci-layout:")) return url
  const full = url.startsWith("oci://") ? url : `oci://${url}`
  const tag = full.slice(full.lastIndexOf(":") + 1)
  return full.includes("@") || !tag.includes("/") ? full : `${full}:latest`
}

interface ObjectRef {
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
}

function isAllowed(world: World, owner: EnvoyExtensionPolicy, kind: string, ref: ObjectRef): boolean {
  const { namespace } = owner.metadata
  const from = { group: "gateway.envoyproxy.io", kind: "EnvoyExtensionPolicy", namespace }
  return isReferenceAllowed(world, from, { group: "", kind, namespace: ref.namespace ?? namespace, name: ref.name })
}

function readCa(
  world: World,
  owner: EnvoyExtensionPolicy,
  ref: ObjectRef,
): { readonly caCertificate: string } | { readonly error: string } {
  const kind = ref.kind ?? "Secret"
  if (kind === "ClusterTrustBundle") {
    const found = world.lookup(objectKey(kind, "", ref.name))?.spec as { readonly trustBundle?: string } | undefined
    return found === undefined
      ? { error: `ref ClusterTrustBundle [${ref.name}] not found` }
      : { caCertificate: found.trustBundle ?? "" }
  }
  if (kind !== "Secret" && kind !== "ConfigMap") return { error: `unsupported ref kind:${kind}` }
  const namespace = ref.namespace ?? owner.metadata.namespace
  if (!isAllowed(world, owner, kind, ref)) {
    return {
      error: `certificate ref to ${kind.toLowerCase()} ${namespace}/${ref.name} not permitted by any ReferenceGrant`,
    }
  }
  const data = world.get(kind, namespace, ref.name)?.data
  if (data === undefined) return { error: `${kind.toLowerCase()} ${namespace}/${ref.name} does not exist` }
  const entries = Object.entries(data)
  const text = data[caKey] ?? (entries.length === 1 ? entries[0]?.[1] : undefined)
  if (text === undefined) {
    return {
      error: `ref ${kind.toLowerCase()} [${ref.name}] has none of the expected keys [${caKey}] and more than one entry`,
    }
  }
  return { caCertificate: kind === "Secret" ? Buffer.from(text, "base64").toString("utf8") : text }
}

function readPullSecret(
  world: World,
  owner: EnvoyExtensionPolicy,
  ref: ObjectRef,
): { readonly pullSecret: string; readonly pullSecretDigest: string } | { readonly error: string } {
  if (ref.kind !== undefined && ref.kind !== "Secret") return { error: "only support Secret kind." }
  const name = `${ref.namespace ?? owner.metadata.namespace}/${ref.name}`
  if (!isAllowed(world, owner, "Secret", ref))
    return { error: `pull secret ref to secret ${name} not permitted by any ReferenceGrant` }
  const data = world.get("Secret", ref.namespace ?? owner.metadata.namespace, ref.name)?.data
  if (data === undefined) return { error: `secret ${name} does not exist` }
  const logins = data[".dockerconfigjson"]
  return logins === undefined
    ? { error: `missing .dockerconfigjson key in secret ${name}` }
    : { pullSecret: name, pullSecretDigest: sha256Hex(logins) }
}
