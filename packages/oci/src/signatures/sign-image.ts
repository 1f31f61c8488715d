import { createPublicKey, type KeyObject } from "node:crypto"
import { isAttacheError } from "@attache/base"
import { type Descriptor, isImageIndex, type Manifest } from "../content/descriptor.ts"
import { digestOf } from "../content/digest.ts"
import { mediaTypes } from "../content/media-types.ts"
import { parseManifest } from "../content/read-manifest.ts"
import type { Target, TransferOptions } from "../content/target.ts"
import { standardAnnotations } from "../formats/annotations.ts"
import { pushJson } from "../formats/write-extension.ts"
import { signatureTag } from "./find-signatures.ts"
import { checkKind, signWith, trustedKey } from "./keys.ts"
import { simpleSigningAnnotations, simpleSigningPayload, simpleSigningType } from "./simple-signing.ts"
import { preAuthEncoding, signPredicate, signStatement, statementType } from "./statement.ts"

/** How an image is signed. */
export interface SignImageOptions extends TransferOptions {
  /** Private key: ECDSA P-256, Ed25519 or RSA. */
  readonly key: KeyObject
  /**
   * `cosign`: classic, under a tag, which every registry keeps; `bundle`: a referrer, which cosign 3 writes by default.
   * Default: both.
   */
  readonly forms?: readonly ("cosign" | "bundle")[]
  /** Repository, as cosign writes it into classic signatures. Default: the target's name. */
  readonly reference?: string
  /** What is signed beside the digest, such as `version`. */
  readonly annotations?: Readonly<Record<string, string>>
  /** When it is signed; written beside bundles and not verified. Default: not written. */
  readonly signedAt?: Date
}

/** Artifact type of a bundle of the version that is written. */
export const bundleArtifactType = "application/vnd.dev.sigstore.bundle.v0.3+json"

/**
 * Signs a manifest or index and puts the signature beside it, where cosign finds it.
 *
 * Signatures that are there stay. Two that sign classically at the same moment can lose one of the signatures, because
 * they share a tag; bundles cannot. Errors: ATT_SIGNATURE_KEY, and those of the target.
 *
 * @returns the manifests that hold the signatures
 */
export async function signImage(
  target: Target,
  subject: Descriptor,
  options: SignImageOptions,
): Promise<readonly Descriptor[]> {
  checkKind(options.key)
  const written: Descriptor[] = []
  for (const form of new Set(options.forms ?? (["cosign", "bundle"] as const))) {
    written.push(await (form === "cosign" ? signClassic : signBundle)(target, subject, options))
  }
  return written
}

async function signClassic(target: Target, subject: Descriptor, options: SignImageOptions): Promise<Descriptor> {
  const { key, annotations, reference = target.name } = options
  const payload = simpleSigningPayload(reference, subject.digest, annotations)
  const layer = { mediaType: simpleSigningType, digest: digestOf(payload), size: payload.length }
  await target.push(layer, payload, options)
  const signature = Buffer.from(signWith(key, payload)).toString("base64")
  const tag = signatureTag(subject.digest)
  const before = await layersAt(target, tag, options)
  const layers = [...before, { ...layer, annotations: { [simpleSigningAnnotations.signature]: signature } }]
  // Readers that take it for an image want a config that lists its layers.
  const rootfs = { type: "layers", diff_ids: layers.map(({ digest }) => digest) }
  const image = { architecture: "", os: "", config: {}, rootfs }
  const config = await pushJson(target, image, mediaTypes.ociConfig, options)
  const manifest = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers }
  const written = await pushJson(target, manifest, mediaTypes.ociManifest, options)
  await target.tag(written, tag, options)
  return written
}

async function layersAt(target: Target, tag: string, options: TransferOptions): Promise<Manifest["layers"]> {
  try {
    const { bytes, descriptor } = await target.fetchManifest(tag, options)
    const manifest = parseManifest(bytes, descriptor.mediaType, descriptor.digest)
    return isImageIndex(manifest) ? [] : manifest.layers
  } catch (error) {
    if (isAttacheError(error) && error.code === "ATT_OCI_NOT_FOUND") return []
    throw error
  }
}

async function signBundle(target: Target, subject: Descriptor, options: SignImageOptions): Promise<Descriptor> {
  const { key, annotations, signedAt } = options
  const bundle = await pushJson(
    target,
    bundleOf(key, signStatement(subject.digest, annotations)),
    bundleArtifactType,
    options,
  )
  const config = await pushJson(target, {}, mediaTypes.ociEmpty, options)
  const { mediaType, digest, size } = subject
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType: bundleArtifactType,
    config,
    layers: [bundle],
    subject: { mediaType, digest, size },
    annotations: {
      "dev.sigstore.bundle.content": "dsse-envelope",
      "dev.sigstore.bundle.predicateType": signPredicate,
      ...(signedAt === undefined ? {} : { [standardAnnotations.created]: signedAt.toISOString() }),
    },
  }
  return { ...(await pushJson(target, manifest, mediaTypes.ociManifest, options)), artifactType: bundleArtifactType }
}

function bundleOf(key: KeyObject, statement: Uint8Array): object {
  const { fingerprint } = trustedKey(createPublicKey(key))
  const signature = signWith(key, preAuthEncoding(statementType, statement))
  return {
    mediaType: bundleArtifactType,
    verificationMaterial: { publicKey: { hint: Buffer.from(fingerprint, "hex").toString("base64") } },
    dsseEnvelope: {
      payload: Buffer.from(statement).toString("base64"),
      payloadType: statementType,
      signatures: [{ sig: Buffer.from(signature).toString("base64") }],
    },
  }
}
