// Keyless signatures of a fake Sigstore instance, attached to images as cosign attaches those of a real one.
import type { Descriptor } from "../src/content/descriptor.ts"
import { mediaTypes } from "../src/content/media-types.ts"
import type { Target } from "../src/content/target.ts"
import { pushJson } from "../src/formats/write-extension.ts"
import { signatureTag } from "../src/signatures/find-signatures.ts"
import { bundleArtifactType } from "../src/signatures/sign-image.ts"
import { simpleSigningPayload, simpleSigningType } from "../src/signatures/simple-signing.ts"
import { signStatement } from "../src/signatures/statement.ts"
import { type createFakeSigstore, fakeAnnotations, fakeBundle } from "./fake-sigstore.ts"

type Sigstore = ReturnType<typeof createFakeSigstore>
type FakeSigner = Parameters<Sigstore["signPayload"]>[1]

/** As a Sigstore bundle that refers to the image. */
export async function attachBundle(
  target: Target,
  image: Descriptor,
  sigstore: Sigstore,
  signer: FakeSigner,
): Promise<void> {
  const statement = signStatement(image.digest)
  const bundle = await pushJson(
    target,
    fakeBundle(statement, sigstore.signStatement(statement, signer)),
    bundleArtifactType,
    {},
  )
  const config = await pushJson(target, {}, mediaTypes.ociEmpty, {})
  const { mediaType, digest, size } = image
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType: bundleArtifactType,
    config,
    layers: [bundle],
    subject: { mediaType, digest, size },
  }
  await pushJson(target, manifest, mediaTypes.ociManifest, {})
}

/** As a classic signature under the image's tag for them. */
export async function attachClassic(
  target: Target,
  image: Descriptor,
  sigstore: Sigstore,
  signer: FakeSigner,
): Promise<void> {
  const payload = simpleSigningPayload("acme.example/w", image.digest)
  const layer = await pushJson(target, JSON.parse(Buffer.from(payload).toString()), simpleSigningType, {})
  const annotations = fakeAnnotations(sigstore.signPayload(payload, signer))
  const rootfs = { type: "layers", diff_ids: [layer.digest] }
  const config = await pushJson(target, { architecture: "", os: "", config: {}, rootfs }, mediaTypes.ociConfig, {})
  const manifest = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [{ ...layer, annotations }] }
  await target.tag(await pushJson(target, manifest, mediaTypes.ociManifest, {}), signatureTag(image.digest))
}
