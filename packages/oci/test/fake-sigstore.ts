// A Sigstore instance of a test: authority, certificate log and transparency log, with keys made for the moment.
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import { preAuthEncoding, statementType } from "../src/signatures/statement.ts"
import { bits, der, extension, octets, oid, sequence, time, utf8 } from "./der.ts"

const ecdsaSha256 = sequence(oid("1.2.840.10045.4.3.2"))
const logHost = "rekor.sigstore.example"

/** Who signs, and when. */
export interface FakeSigner {
  readonly subject: string
  readonly issuer: string
  readonly at: Date
  /** When the log took the signature. Default: when it was made. */
  readonly loggedAt?: Date
  /** Whether the certificate is logged. Default true. */
  readonly hasSct?: boolean
}

/** What a keyless signature consists of. */
export interface FakeSignature {
  readonly signature: Buffer
  readonly certificate: Buffer
  readonly entry: LogEntry
}

interface LogEntry {
  readonly body: Buffer
  readonly kind: "dsse" | "hashedrekord"
  readonly integratedTime: number
  readonly promise: Buffer
  readonly logId: Buffer
  readonly rootHash: Buffer
  readonly checkpoint: string
}

/** An instance with keys of its own. */
export function createFakeSigstore() {
  const [authority, ctLog, rekor] = [newKey(), newKey(), newKey()]
  const name = sequence(der(0x31, sequence(oid("2.5.4.3"), utf8("fake authority"))))
  const validity = (from: Date, minutes: number): Buffer =>
    sequence(time(from), time(new Date(from.getTime() + minutes * 60_000)))
  const start = new Date("2026-01-01T00:00:00Z")
  const keyId = octets(authority.id.subarray(0, 20))
  const root = signed(
    authority.privateKey,
    tbs(name, name, validity(start, 5_000_000), authority.spki, [
      extension("2.5.29.19", sequence(Buffer.from([0x01, 0x01, 0xff])), true),
      extension("2.5.29.15", Buffer.from([0x03, 0x02, 0x01, 0x06]), true),
      extension("2.5.29.14", keyId),
    ]),
  )

  function certify(spki: Buffer, { subject, issuer, at, hasSct = true }: FakeSigner): Buffer {
    const extensions = [
      extension("2.5.29.15", Buffer.from([0x03, 0x02, 0x07, 0x80]), true),
      extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.3"))),
      extension("2.5.29.14", octets(sha256(spki).subarray(0, 20))),
      extension("2.5.29.35", sequence(der(0x80, authority.id.subarray(0, 20)))),
      extension("2.5.29.17", sequence(der(subject.includes("@") ? 0x81 : 0x86, Buffer.from(subject))), true),
      // The older of the two is a bare text; cosign reads it in classic signatures.
      extension("1.3.6.1.4.1.57264.1.1", Buffer.from(issuer)),
      extension("1.3.6.1.4.1.57264.1.8", utf8(issuer)),
    ]
    const build = (all: readonly Buffer[]): Buffer => tbs(name, sequence(), validity(at, 10), spki, all)
    if (!hasSct) return signed(authority.privateKey, build(extensions))
    const sct = certificateTimestamp(build(extensions), at)
    const list = Buffer.concat([uint(sct.length + 2, 2), uint(sct.length, 2), sct])
    return signed(authority.privateKey, build([...extensions, extension("1.3.6.1.4.1.11129.2.4.2", octets(list))]))
  }

  /** Source: RFC 6962, 3.2. */
  function certificateTimestamp(precertificate: Buffer, at: Date): Buffer {
    const stamp = Buffer.alloc(8)
    stamp.writeBigUInt64BE(BigInt(at.getTime()))
    const parts = [Buffer.from([0, 0]), stamp, uint(1, 2), authority.id, uint(precertificate.length, 3), precertificate]
    const signature = sign("sha256", Buffer.concat([...parts, uint(0, 2)]), ctLog.privateKey)
    const head = [Buffer.from([0]), ctLog.id, stamp, uint(0, 2), Buffer.from([4, 3]), uint(signature.length, 2)]
    return Buffer.concat([...head, signature])
  }

  function log(kind: LogEntry["kind"], document: object, at: Date): LogEntry {
    const body = Buffer.from(JSON.stringify(document))
    const integratedTime = at.getTime() / 1000 + 60
    const fields = { body: body.toString("base64"), integratedTime, logID: rekor.id.toString("hex"), logIndex: 0 }
    const rootHash = sha256(Buffer.concat([Buffer.from([0]), body]))
    const note = `${logHost} - 1\n1\n${rootHash.toString("base64")}\n`
    const noteSignature = Buffer.concat([rekor.id.subarray(0, 4), sign("sha256", Buffer.from(note), rekor.privateKey)])
    return {
      body,
      kind,
      integratedTime,
      logId: rekor.id,
      rootHash,
      promise: sign("sha256", Buffer.from(JSON.stringify(fields)), rekor.privateKey),
      checkpoint: `${note}\n— ${logHost} ${noteSignature.toString("base64")}\n`,
    }
  }

  return {
    /** `trusted_root.json`. */
    trustRoot: Buffer.from(
      JSON.stringify({
        mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        tlogs: [logJson(rekor, `https://${logHost}`)],
        ctlogs: [logJson(ctLog, "https://ct.sigstore.example")],
        certificateAuthorities: [
          {
            subject: { organization: "fake", commonName: "fake authority" },
            uri: "https://fulcio.sigstore.example",
            certChain: { certificates: [{ rawBytes: root.toString("base64") }] },
            validFor: { start: "2026-01-01T00:00:00Z" },
          },
        ],
        timestampAuthorities: [],
      }),
    ),

    /** Signs a statement, as bundles hold it. */
    signStatement(statement: Uint8Array, signer: FakeSigner): FakeSignature {
      const key = newKey()
      const signature = sign("sha256", preAuthEncoding(statementType, statement), key.privateKey)
      const certificate = certify(key.spki, signer)
      const envelope = {
        payload: Buffer.from(statement).toString("base64"),
        payloadType: statementType,
        signatures: [{ sig: signature.toString("base64") }],
      }
      const spec = {
        envelopeHash: { algorithm: "sha256", value: sha256(Buffer.from(JSON.stringify(envelope))).toString("hex") },
        payloadHash: { algorithm: "sha256", value: sha256(statement).toString("hex") },
        signatures: [
          { signature: signature.toString("base64"), verifier: Buffer.from(pem(certificate)).toString("base64") },
        ],
      }
      const entry = log("dsse", { apiVersion: "0.0.1", kind: "dsse", spec }, signer.loggedAt ?? signer.at)
      return { signature, certificate, entry }
    },

    /** Signs a payload, as classic signatures hold it. */
    signPayload(payload: Uint8Array, signer: FakeSigner): FakeSignature {
      const key = newKey()
      const signature = sign("sha256", payload, key.privateKey)
      const certificate = certify(key.spki, signer)
      const spec = {
        data: { hash: { algorithm: "sha256", value: sha256(payload).toString("hex") } },
        signature: {
          content: signature.toString("base64"),
          publicKey: { content: Buffer.from(pem(certificate)).toString("base64") },
        },
      }
      const entry = log(
        "hashedrekord",
        { apiVersion: "0.0.1", kind: "hashedrekord", spec },
        signer.loggedAt ?? signer.at,
      )
      return { signature, certificate, entry }
    },
  }
}

/** A bundle of a signed statement. */
export function fakeBundle(statement: Uint8Array, { signature, certificate, entry }: FakeSignature): object {
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      certificate: { rawBytes: certificate.toString("base64") },
      tlogEntries: [
        {
          logIndex: "0",
          logId: { keyId: entry.logId.toString("base64") },
          kindVersion: { kind: entry.kind, version: "0.0.1" },
          integratedTime: String(entry.integratedTime),
          inclusionPromise: { signedEntryTimestamp: entry.promise.toString("base64") },
          inclusionProof: {
            logIndex: "0",
            rootHash: entry.rootHash.toString("base64"),
            treeSize: "1",
            hashes: [],
            checkpoint: { envelope: entry.checkpoint },
          },
          canonicalizedBody: entry.body.toString("base64"),
        },
      ],
    },
    dsseEnvelope: {
      payload: Buffer.from(statement).toString("base64"),
      payloadType: statementType,
      signatures: [{ sig: signature.toString("base64") }],
    },
  }
}

/** The annotations of a classic keyless signature. */
export function fakeAnnotations({ signature, certificate, entry }: FakeSignature): Readonly<Record<string, string>> {
  const { body, integratedTime, logId, promise } = entry
  const payload = { body: body.toString("base64"), integratedTime, logIndex: 0, logID: logId.toString("hex") }
  return {
    "dev.cosignproject.cosign/signature": signature.toString("base64"),
    "dev.sigstore.cosign/certificate": pem(certificate),
    "dev.sigstore.cosign/bundle": JSON.stringify({
      SignedEntryTimestamp: promise.toString("base64"),
      Payload: payload,
    }),
  }
}

interface FakeKey {
  readonly privateKey: KeyObject
  readonly spki: Buffer
  /** sha256 of the public key. */
  readonly id: Buffer
}

function newKey(): FakeKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" })
  const spki = publicKey.export({ type: "spki", format: "der" })
  return { privateKey, spki, id: sha256(spki) }
}

function logJson({ spki, id }: FakeKey, baseUrl: string): object {
  const publicKey = {
    rawBytes: spki.toString("base64"),
    keyDetails: "PKIX_ECDSA_P256_SHA_256",
    validFor: { start: "2026-01-01T00:00:00Z" },
  }
  return { baseUrl, hashAlgorithm: "SHA2_256", publicKey, logId: { keyId: id.toString("base64") } }
}

function tbs(issuer: Buffer, subject: Buffer, validity: Buffer, spki: Buffer, extensions: readonly Buffer[]): Buffer {
  const version = der(0xa0, der(0x02, Buffer.from([2])))
  const serial = der(0x02, Buffer.from([0x11, ...sha256(spki).subarray(0, 8)]))
  return sequence(version, serial, ecdsaSha256, issuer, validity, subject, spki, der(0xa3, sequence(...extensions)))
}

function signed(key: KeyObject, content: Buffer): Buffer {
  return sequence(content, ecdsaSha256, bits(sign("sha256", content, key)))
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? []
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n")
}

function uint(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntBE(value, 0, bytes)
  return buffer
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest()
}
