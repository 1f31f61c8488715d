import { objectIn, parseObject, type SignedClaim, textsIn } from "./simple-signing.ts"

/** Payload type of statements in DSSE envelopes. */
export const statementType = "application/vnd.in-toto+json"

/** Predicate of a statement that says no more than that an image is signed. Source: cosign 3.1. */
export const signPredicate = "https://sigstore.dev/cosign/sign/v1"

const statementTypes = ["https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"]

/** The statement that cosign makes when it signs an image. Source: in-toto attestation framework, "Statement". */
export function signStatement(digest: string, annotations: Readonly<Record<string, string>> = {}): Uint8Array {
  const at = digest.indexOf(":")
  const subject = [{ digest: { [digest.slice(0, at)]: digest.slice(at + 1) }, annotations }]
  return Buffer.from(JSON.stringify({ _type: statementTypes[0], subject, predicateType: signPredicate, predicate: {} }))
}

/** What a statement says; undefined when it is none. */
export function parseStatement(payload: Uint8Array): SignedClaim | undefined {
  const document = parseObject(payload)
  const { _type: type, predicateType, subject } = document ?? {}
  if (typeof type !== "string" || !statementTypes.includes(type)) return undefined
  if (typeof predicateType !== "string" || !Array.isArray(subject)) return undefined
  const subjects = subject.map((each: unknown) => objectIn({ each }, "each"))
  const digests = subjects.flatMap((each) =>
    Object.entries(textsIn(objectIn(each, "digest"))).map(([algorithm, hex]) => `${algorithm}:${hex}`),
  )
  const annotations = Object.assign({}, ...subjects.map((each) => textsIn(objectIn(each, "annotations"))))
  return { digests, annotations, predicateType }
}

/** The bytes that are signed for a payload. Source: DSSE 1.0, "PAE". */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `
  return Buffer.concat([Buffer.from(head), payload])
}
