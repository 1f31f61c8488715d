import { X509Certificate } from "node:crypto"
import { AttacheError } from "@attache/base"
import type { toTrustMaterial } from "@sigstore/verify"
import { objectIn, parseObject } from "./simple-signing.ts"

/** Certificate authorities and logs of a Sigstore instance, pinned by whoever wrote the file. */
export interface TrustRoot {
  readonly document: Parameters<typeof toTrustMaterial>[0]
}

type Root = TrustRoot["document"]
type Log = Root["tlogs"][number]
type Authority = Root["certificateAuthorities"][number]
type JsonObject = Readonly<Record<string, unknown>>

/** Longest trust root file, in bytes. */
export const maxTrustRootBytes = 1_048_576

/** Most authorities or logs of one kind. */
const maxEntries = 100

/**
 * A trust root from the bytes of `trusted_root.json`. Nothing is fetched: what the file does not name is not trusted.
 *
 * Error: ATT_SIGNATURE_TRUST_ROOT, naming the field. Source: Sigstore protobuf-specs 0.5, `TrustedRoot`.
 */
export function readTrustRoot(bytes: Uint8Array): TrustRoot {
  if (bytes.length > maxTrustRootBytes) throw wrong("", `has more than ${maxTrustRootBytes} bytes`)
  const document = parseObject(bytes)
  if (document === undefined) throw wrong("", "is no JSON object")
  const type = document.mediaType
  if (typeof type !== "string" || !type.startsWith("application/vnd.dev.sigstore.trustedroot")) {
    throw wrong("mediaType", "is not that of a trust root")
  }
  const root = {
    mediaType: type,
    tlogs: entries(document, "tlogs").map(logOf),
    ctlogs: entries(document, "ctlogs").map(logOf),
    certificateAuthorities: entries(document, "certificateAuthorities").map(authorityOf),
    timestampAuthorities: entries(document, "timestampAuthorities").map(authorityOf),
  }
  return { document: root as unknown as Root }
}

interface Entry {
  readonly field: string
  readonly value: JsonObject
}

function entries(parent: JsonObject, field: string): readonly Entry[] {
  const list = parent[field] ?? []
  if (!Array.isArray(list) || list.length > maxEntries) throw wrong(field, `is no list of up to ${maxEntries}`)
  return list.map((each: unknown, index) => {
    const value = objectIn({ each }, "each")
    if (value === undefined) throw wrong(`${field}[${index}]`, "is no object")
    return { field: `${field}[${index}]`, value }
  })
}

function logOf({ field, value }: Entry): Log {
  const key = objectIn(value, "publicKey")
  const details = key?.keyDetails
  // The name of RSA in the oldest form is what the verifier asks for; all others are SPKI to it.
  const isPkcs1 = typeof details === "string" && details.startsWith("PKCS1_RSA")
  const log = {
    baseUrl: typeof value.baseUrl === "string" ? value.baseUrl : "",
    hashAlgorithm: 1,
    publicKey: {
      rawBytes: bytesIn(key, "rawBytes", `${field}.publicKey`),
      keyDetails: isPkcs1 ? 1 : 0,
      ...validFor(key, `${field}.publicKey`),
    },
    logId: { keyId: bytesIn(objectIn(value, "logId"), "keyId", `${field}.logId`) },
    ...(objectIn(value, "checkpointKeyId") === undefined
      ? {}
      : {
          checkpointKeyId: { keyId: bytesIn(objectIn(value, "checkpointKeyId"), "keyId", `${field}.checkpointKeyId`) },
        }),
  }
  return log as unknown as Log
}

function authorityOf({ field, value }: Entry): Authority {
  const chain = objectIn(value, "certChain")
  if (chain === undefined) throw wrong(`${field}.certChain`, "is missing")
  const certificates = entries(chain, "certificates").map((each) => {
    const rawBytes = bytesIn(each.value, "rawBytes", `${field}.certChain.${each.field}`)
    try {
      new X509Certificate(rawBytes)
    } catch {
      throw wrong(`${field}.certChain.${each.field}`, "is no certificate")
    }
    return { rawBytes }
  })
  if (certificates.length === 0) throw wrong(`${field}.certChain`, "is empty")
  return { uri: "", certChain: { certificates }, ...validFor(value, field) } as unknown as Authority
}

function validFor(parent: JsonObject | undefined, field: string): { readonly validFor?: object } {
  const range = objectIn(parent, "validFor")
  if (range === undefined) return {}
  const dates = (["start", "end"] as const).flatMap((name) => {
    const text = range[name]
    if (text === undefined || text === null) return []
    const date = new Date(typeof text === "string" ? text : Number.NaN)
    if (Number.isNaN(date.getTime())) throw wrong(`${field}.validFor.${name}`, "is no time")
    return [[name, date]]
  })
  return { validFor: Object.fromEntries(dates) }
}

function bytesIn(parent: JsonObject | undefined, name: string, field: string): Buffer {
  const text = parent?.[name]
  if (typeof text !== "string" || text === "") throw wrong(`${field}.${name}`, "is missing")
  return Buffer.from(text, "base64")
}

function wrong(field: string, message: string): AttacheError {
  return new AttacheError("ATT_SIGNATURE_TRUST_ROOT", `the trust root${field === "" ? "" : `'s ${field}`} ${message}`, {
    facts: { field },
  })
}
