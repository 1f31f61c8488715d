/** Media type of the payload of cosign's classic signatures. */
export const simpleSigningType = "application/vnd.dev.cosign.simplesigning.v1+json"

/** Annotations of a classic signature's layer. Source: cosign 3.1, `specs/SIGNATURE_SPEC.md`. */
export const simpleSigningAnnotations = {
  signature: "dev.cosignproject.cosign/signature",
  certificate: "dev.sigstore.cosign/certificate",
  chain: "dev.sigstore.cosign/chain",
  rekor: "dev.sigstore.cosign/bundle",
} as const

/** What a signature says about an image. */
export interface SignedClaim {
  /** Digests of the images it is about. */
  readonly digests: readonly string[]
  /** What the signer added, such as a version; texts alone. */
  readonly annotations: Readonly<Record<string, string>>
  /** What kind of statement it is; of bundles. */
  readonly predicateType?: string
}

const payloadType = "cosign container image signature"

/** The payload of a classic signature. @param reference repository, as cosign writes it there and does not check it */
export function simpleSigningPayload(
  reference: string,
  digest: string,
  annotations: Readonly<Record<string, string>> = {},
): Uint8Array {
  const hasAnnotations = Object.keys(annotations).length > 0
  const critical = {
    identity: { "docker-reference": reference },
    image: { "docker-manifest-digest": digest },
    type: payloadType,
  }
  return Buffer.from(JSON.stringify({ critical, optional: hasAnnotations ? annotations : null }))
}

/** What a payload says; undefined when it is none. Source: containers/image "simple signing". */
export function parseSimpleSigning(payload: Uint8Array): SignedClaim | undefined {
  const document = parseObject(payload)
  const critical = objectIn(document, "critical")
  const digest = objectIn(critical, "image")?.["docker-manifest-digest"]
  if (critical?.type !== payloadType || typeof digest !== "string") return undefined
  return { digests: [digest], annotations: textsIn(objectIn(document, "optional")) }
}

/** A JSON object in bytes; undefined when there is none. */
export function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
    return objectIn({ value }, "value")
  } catch {
    return undefined
  }
}

/** The object in a field; undefined when there is none. */
export function objectIn(
  parent: Readonly<Record<string, unknown>> | undefined,
  field: string,
): Readonly<Record<string, unknown>> | undefined {
  const value = parent?.[field]
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value)
  return isObject ? (value as Readonly<Record<string, unknown>>) : undefined
}

/** The fields of an object that are texts. */
export function textsIn(object: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(object ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  )
}
