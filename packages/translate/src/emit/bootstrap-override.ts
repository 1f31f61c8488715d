// A user's own bootstrap, or changes to ours, in the words of Envoy Gateway 1.9.
import { decode, encode, type MessageShape, parseJson, toJson, violationOf } from "@attache/envoy-api"
import { type Bootstrap, BootstrapSchema } from "@attache/envoy-api/gen/envoy/config/bootstrap/v3/bootstrap_pb"
import type { JsonValue } from "@bufbuild/protobuf"
import type { Json } from "../patch/json-value.ts"
import { operationError, patchDocument } from "../patch/patch-document.ts"
import { withProtoNames } from "../patch/proto-names.ts"
import type { BootstrapOverride } from "../plan/index.ts"

/** A bootstrap as protobuf JSON, or why the override gives none. */
export type OverriddenBootstrap =
  | { readonly bootstrap: JsonValue; readonly error?: undefined }
  | { readonly error: string }

/**
 * A bootstrap with an override: replaced by it, merged with it as protobuf merges (lists grow), or patched.
 *
 * Never throws. @param base encoded bootstrap
 */
export function overrideBootstrap(base: Uint8Array, override: BootstrapOverride): OverriddenBootstrap {
  const result = overridden(base, override)
  return result.error === undefined ? { bootstrap: toJson(BootstrapSchema, result.message) } : result
}

/**
 * Why an override cannot be used, or undefined: it must parse, hold to Envoy's constraints, and leave the way to the
 * control plane as it is.
 *
 * @param base encoded bootstrap of a proxy without options
 */
export function bootstrapOverrideError(base: Uint8Array, override: BootstrapOverride): string | undefined {
  const result = overridden(base, override)
  if (result.error !== undefined) return result.error
  const violation = violationText(result.message)
  if (violation !== undefined) return `validation failed for user bootstrap: ${violation}`
  const before = decode(BootstrapSchema, base)
  if (dynamicResources(result.message) !== dynamicResources(before)) return "dynamic_resources cannot be modified"
  return xdsEndpoints(result.message) === xdsEndpoints(before)
    ? undefined
    : "xds_cluster's loadAssigntment cannot be modified"
}

type Parsed =
  | { readonly message: MessageShape<typeof BootstrapSchema>; readonly error?: undefined }
  | { readonly error: string }

function overridden(base: Uint8Array, override: BootstrapOverride): Parsed {
  const { type = "Replace", value, unreadable, jsonPatches = [] } = override
  const own = (): Parsed => (unreadable === undefined ? read(value ?? {}) : { error: unreadable })
  switch (type) {
    case "Replace":
      return withContext(own(), "unable to unmarshal user bootstrap")
    case "Merge": {
      const part = withContext(own(), "failed to parse override bootstrap config")
      if (part.error !== undefined) return part
      // One message after the other is how protobuf defines merging.
      const message = decode(BootstrapSchema, Buffer.concat([base, encode(BootstrapSchema, part.message)]))
      const violation = violationText(message)
      return violation === undefined
        ? { message }
        : { error: `failed to validate merged bootstrap config: ${violation}` }
    }
    case "JSONPatch":
      return patched(base, jsonPatches)
    default:
      return { error: `unsupported bootstrap patch type ${type}` }
  }
}

function patched(base: Uint8Array, operations: NonNullable<BootstrapOverride["jsonPatches"]>): Parsed {
  let document = withProtoNames(BootstrapSchema, toJson(BootstrapSchema, decode(BootstrapSchema, base)) as Json)
  const errors: string[] = []
  for (const operation of operations) {
    const invalid = operationError(operation)
    const result = invalid === undefined ? patchDocument(document, operation) : { error: invalid }
    if (result.error === undefined) document = result.document
    else errors.push(result.error)
  }
  if (errors.length > 0) return { error: errors.join("\n") }
  return withContext(read(document), "unable to unmarshal user bootstrap")
}

function read(json: unknown): Parsed {
  const { message, findings } = parseJson(BootstrapSchema, json)
  const [finding] = findings
  if (message !== undefined && finding === undefined) return { message }
  return { error: finding?.path ? `${finding.path}: ${finding.message}` : (finding?.message ?? "not a bootstrap") }
}

function withContext(result: Parsed, context: string): Parsed {
  return result.error === undefined ? result : { error: `${context}: ${result.error}` }
}

function violationText(message: MessageShape<typeof BootstrapSchema>): string | undefined {
  const found = violationOf(BootstrapSchema, message)
  if (found === undefined) return undefined
  return `invalid ${found.typeName.slice(found.typeName.lastIndexOf(".") + 1)}.${found.path}: ${found.message}`
}

/** Where resources come from, without the time that the first of them may take. */
function dynamicResources(message: Bootstrap): string {
  const { dynamicResources: resources } = toJson(BootstrapSchema, message) as { readonly dynamicResources?: object }
  return JSON.stringify(resources, (key, value: unknown) => (key === "initialFetchTimeout" ? undefined : value)) ?? ""
}

function xdsEndpoints(message: Bootstrap): string {
  const { staticResources } = toJson(BootstrapSchema, message) as {
    readonly staticResources?: {
      readonly clusters?: readonly { readonly name?: string; readonly loadAssignment?: unknown }[]
    }
  }
  const cluster = staticResources?.clusters?.find(({ name }) => name === "xds_cluster")
  return cluster === undefined ? "" : JSON.stringify(cluster.loadAssignment ?? null)
}
