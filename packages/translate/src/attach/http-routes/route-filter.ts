import { Secret as SecretBytes } from "@attache/base"
import type { HTTPRouteFilter } from "@attache/kube-api"
import { objectKey } from "../../world/world.ts"
import { isReferenceAllowed } from "../references.ts"
import { type FilterDraft, refuse, refuseRule } from "./filter-draft.ts"
import type { RuleContext } from "./rule-context.ts"
import { readExtendedRewrite } from "./url-rewrite.ts"

const group = "gateway.envoyproxy.io"
const credentialKey = "credential"

/** A reference of an `ExtensionRef` filter; always to the route's own namespace. */
export interface ExtensionRef {
  readonly group: string
  readonly kind: string
  readonly name: string
}

/** Why an `ExtensionRef` cannot be one at all, or undefined. */
export function extensionRefError(context: RuleContext, ref: ExtensionRef | undefined): string | undefined {
  if (ref === undefined) return "extensionRef field must be specified for an extended filter"
  const key = `${ref.group}/${ref.kind}`
  if (key === `${group}/HTTPRouteFilter`) return undefined
  const { resources, backends } = context.reads.settings().extensionKinds
  return resources.includes(key) || backends.includes(key) ? undefined : `unknown kind ${key}`
}

/** Adds what an `ExtensionRef` filter refers to: an HTTPRouteFilter, or an object that an extension server understands. */
export function readExtensionRef(draft: FilterDraft, context: RuleContext, ref: ExtensionRef): void {
  const { reads, namespace } = context
  if (ref.kind === "HTTPRouteFilter") {
    const filter = reads.get("HTTPRouteFilter", namespace, ref.name)
    if (filter === undefined)
      refuseRule(draft, `Unable to translate HTTPRouteFilter: ${namespace}/${ref.name}`, "ResolvedRefs")
    else readRouteFilter(draft, context, filter)
    return
  }
  const key = objectKey(ref.kind, namespace, ref.name)
  const apiVersion = reads.lookup(key)?.apiVersion
  if (apiVersion !== undefined && !apiVersion.includes("/")) {
    const message = `Unable to translate APIVersion for Extension Filter: kind: ${ref.kind}, ${namespace}/${ref.name}`
    refuseRule(draft, message, "ResolvedRefs")
  } else if (apiVersion?.slice(0, apiVersion.indexOf("/")) !== ref.group) {
    refuseRule(draft, `Reference ${namespace}/${ref.name} not found for filter type: ${ref.kind}`, "ResolvedRefs")
  } else {
    draft.extensionRefs.push(key)
  }
}

function readRouteFilter(draft: FilterDraft, context: RuleContext, { spec, metadata }: HTTPRouteFilter): void {
  const { matches = [], urlRewrite, directResponse, credentialInjection } = spec
  if (matches.length > 0 && draft.cookies.length > 0) {
    refuse(draft, "only one HTTPRouteFilter with matches is supported per HTTPRouteRule")
    return
  }
  if (matches.length > 0) draft.cookies = matches
  if (urlRewrite !== undefined && readExtendedRewrite(draft, urlRewrite)) return
  const error =
    (directResponse === undefined ? undefined : readDirectResponse(draft, context, directResponse)) ??
    (credentialInjection === undefined ? undefined : readCredential(draft, context, metadata.name, credentialInjection))
  if (error !== undefined) refuseRule(draft, `invalid filter HTTPRouteFilter: ${error}`, "Accepted")
}

type Direct = NonNullable<HTTPRouteFilter["spec"]["directResponse"]>

function readDirectResponse(draft: FilterDraft, context: RuleContext, direct: Direct): string | undefined {
  const { statusCode: status = 200, contentType, header } = direct
  if (context.kind === "GRPCRoute" && status >= 200 && status < 300) {
    return `status code ${status} is not allowed in a DirectResponse of a GRPCRoute`
  }
  if ((header?.remove ?? []).length > 0) return "header.remove is not supported for DirectResponse"
  const body = direct.body === undefined ? undefined : readBody(context, direct.body)
  if (body !== undefined && "error" in body) return body.error
  if (contentType !== undefined) draft.contentType = contentType
  draft.response = { status, ...body, ...(contentType === undefined ? {} : { contentType }) }
  draft.responseHeaders.add.push(...(header?.add ?? []))
  draft.responseHeaders.set.push(...(header?.set ?? []))
  return undefined
}

type Body = { readonly body?: Uint8Array } | { readonly error: string }

/** Inline text, or a ConfigMap's `response.body`, else whatever entry it has. */
function readBody({ reads, namespace }: RuleContext, { type, inline, valueRef }: NonNullable<Direct["body"]>): Body {
  if (type !== "ValueRef") return inline === undefined ? {} : { body: new TextEncoder().encode(inline) }
  const name = valueRef?.name ?? ""
  const config = reads.get("ConfigMap", namespace, name)
  if (config === undefined) return { error: `can't find the referenced configmap ${namespace}/${name}` }
  const text = config.data?.["response.body"] ?? Object.values(config.data ?? {})[0]
  if (text !== undefined) return { body: new TextEncoder().encode(text) }
  const binary = config.binaryData?.["response.body"] ?? Object.values(config.binaryData ?? {})[0]
  if (binary !== undefined) return { body: new Uint8Array(Buffer.from(binary, "base64")) }
  return { error: `can't find the key response.body in the referenced configmap ${namespace}/${name}` }
}

type Injection = NonNullable<HTTPRouteFilter["spec"]["credentialInjection"]>

function readCredential(
  draft: FilterDraft,
  context: RuleContext,
  name: string,
  injection: Injection,
): string | undefined {
  const { reads, namespace } = context
  const { valueRef } = injection.credential
  const owner = valueRef.namespace ?? namespace
  const to = { group: "", kind: "Secret", namespace: owner, name: valueRef.name }
  if (!isReferenceAllowed(reads, { group, kind: "HTTPRouteFilter", namespace }, to)) {
    return `certificate ref to secret ${owner}/${valueRef.name} not permitted by any ReferenceGrant`
  }
  const secret = reads.get("Secret", owner, valueRef.name)
  if (secret === undefined) return `secret ${owner}/${valueRef.name} does not exist`
  const value = Buffer.from(secret.data?.[credentialKey] ?? "", "base64")
  if (value.length === 0) return `credential key ${credentialKey} not found in secret ${owner}/${valueRef.name}`
  draft.credential = {
    name: `httproutefilter/${namespace}/${name}`,
    ...(injection.header === undefined ? {} : { header: injection.header }),
    ...(injection.overwrite === undefined ? {} : { isOverwriting: injection.overwrite }),
    value: new SecretBytes(new Uint8Array(value)),
  }
  return undefined
}
