export { type ByteStream, collectBytes } from "./archive/byte-reader.ts"
export { compress } from "./archive/compress.ts"
export { type Compression, compressionOf, decompress } from "./archive/decompress.ts"
export { type ArchiveLimits, defaultArchiveLimits } from "./archive/limits.ts"
export { type PackFile, packBytes } from "./archive/pack-file.ts"
export { fileOnDisk, filesOfFolder, type PackFolderOptions } from "./archive/pack-folder.ts"
export { type ReadTarOptions, readTar, type TarEntry, type TarEntryKind } from "./archive/read-tar.ts"
export { type SafePathOptions, safeEntryPath } from "./archive/safe-path.ts"
export { type LayerSource, type UnpackedEntry, type UnpackOptions, unpackLayers } from "./archive/unpack.ts"
export { writeTar } from "./archive/write-tar.ts"
export { codes } from "./codes.ts"
export { artifactTypeOf, referrerDescriptor } from "./content/artifact-type.ts"
export { type CopyEvent, type CopyOptions, type CopyResult, copy } from "./content/copy.ts"
export {
  type Descriptor,
  type ImageIndex,
  isImageIndex,
  type Manifest,
  type Platform,
} from "./content/descriptor.ts"
export { digestOf, isDigest } from "./content/digest.ts"
export { indexTypes, isManifestType, manifestTypes, mediaTypes } from "./content/media-types.ts"
export {
  type ManifestLimits,
  maxManifestBytes,
  parseManifest,
  type ReadManifest,
  readManifest,
} from "./content/read-manifest.ts"
export type {
  Content,
  FetchedManifest,
  FetchOptions,
  ManifestRoot,
  PushOptions,
  PushOutcome,
  ReadTarget,
  Target,
  TransferOptions,
} from "./content/target.ts"
export { collect, verified } from "./content/verified.ts"
export {
  type Credential,
  type CredentialSource,
  firstCredential,
  passwordCredential,
} from "./credentials/credential.ts"
export { type DockerConfig, type ReadDockerConfig, readDockerConfig } from "./credentials/docker-config.ts"
export {
  createDockerCredentials,
  credentialFrom,
  type DockerCredentialOptions,
} from "./credentials/docker-credentials.ts"
export type { HelperOptions } from "./credentials/helper.ts"
export { type PullSecret, type ReadPullSecret, readPullSecret } from "./credentials/pull-secret.ts"
export {
  type AnnotatedFacts,
  type Annotations,
  boeAnnotations,
  type ExtensionKind,
  extensionKinds,
  factsOf,
  standardAnnotations,
} from "./formats/annotations.ts"
export { type ChosenManifest, chooseManifest } from "./formats/choose-manifest.ts"
export { boeRefusal, type Consumer, type Refusals, wasmRefusals } from "./formats/consumers.ts"
export { type DockerfileOptions, dockerfileOf } from "./formats/dockerfile.ts"
export { annotationsOf, checkContent, type ExtensionContent } from "./formats/extension-content.ts"
export { extensionFolder } from "./formats/extension-folder.ts"
export {
  type ImageFile,
  type ImageModule,
  type ImageTree,
  type InspectImageOptions,
  inspectImage,
  type ModuleReader,
} from "./formats/inspect-image.ts"
export { boeArtifactType, wasmTypes } from "./formats/layer-types.ts"
export { type ExtensionLayer, type ExtensionLayout, type LayoutFacts, layoutOf } from "./formats/layout.ts"
export { isMainFile, kindOfFile, mainFileOf } from "./formats/main-file.ts"
export { maxExtensionBytes, type OpenedModule, openModule } from "./formats/open-module.ts"
export { chooseForPlatform, formatPlatform, parsePlatform, platformFit } from "./formats/platform.ts"
export { type Extension, type ReadExtensionOptions, readExtension } from "./formats/read-extension.ts"
export { holdsLinks, type UnpackExtensionOptions, unpackExtension, unpackModule } from "./formats/unpack-extension.ts"
export { unwrapModule } from "./formats/unwrap.ts"
export { checkedWasm, checkWasm, isWasm } from "./formats/wasm-head.ts"
export {
  type ExtensionFormat,
  extensionFormats,
  type WriteExtensionOptions,
  writeExtension,
} from "./formats/write-extension.ts"
export { type WriteIndexOptions, writeExtensionIndex } from "./formats/write-index.ts"
export { type AddressPolicy, addressesBeside, isAddressRange, loopbackRanges } from "./http/address-policy.ts"
export { createHttpClient, type HttpClient, type HttpClientOptions } from "./http/client.ts"
export { type HttpRequest, type HttpResponse, readBody } from "./http/exchange.ts"
export type { Pace } from "./http/pace.ts"
export { type HttpProxy, type ProxySettings, proxiesFromEnvironment } from "./http/proxy.ts"
export { allowedAddresses, type HostResolver } from "./http/resolve-host.ts"
export { type RetryOptions, retrying } from "./http/retry.ts"
export { createLayout, type LayoutOptions } from "./layout/layout.ts"
export { type OpenedTarget, type OpenTargetOptions, openTarget } from "./open-target.ts"
export {
  formatReference,
  isRepository,
  isTag,
  type LayoutReference,
  parseReference,
  type ReadReference,
  type Reference,
  type RegistryReference,
  readReference,
  referenceWithin,
} from "./reference/reference.ts"
export {
  createRegistryClient,
  type RegistryClient,
  type RegistryClientOptions,
  type RegistryHost,
} from "./registry/client.ts"
export { referrersTag } from "./registry/referrers.ts"
export { findSignatures, signatureTag } from "./signatures/find-signatures.ts"
export type { FoundSignature } from "./signatures/found-signature.ts"
export type { CertificateIdentity } from "./signatures/keyless.ts"
export { readPublicKey, type TrustedKey, trustedKey } from "./signatures/keys.ts"
export {
  formatSigner,
  type Judgement,
  judgeSignature,
  type RefusalCode,
  ruleFor,
  type SignaturePolicy,
  type SignatureRule,
} from "./signatures/policy.ts"
export { createKeyPair, encryptPrivateKey, readPrivateKey } from "./signatures/private-key.ts"
export { type SignImageOptions, signImage } from "./signatures/sign-image.ts"
export { readTrustRoot, type TrustRoot } from "./signatures/trust-root.ts"
export { type ImageSignature, type ImageVerification, verifyImage } from "./signatures/verify-image.ts"
export {
  type SignatureTrust,
  type SignatureVerdict,
  type Signer,
  verifySignature,
} from "./signatures/verify-signature.ts"
export { compareVersions } from "./signatures/version-order.ts"
