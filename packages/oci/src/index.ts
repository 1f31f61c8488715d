export { codes } from "./codes.ts"
export {
  type Descriptor,
  type ImageIndex,
  isImageIndex,
  type Manifest,
  type Platform,
} from "./content/descriptor.ts"
export { digestOf, isDigest } from "./content/digest.ts"
export { indexTypes, isManifestType, manifestTypes, mediaTypes } from "./content/media-types.ts"
export type {
  Content,
  FetchedManifest,
  FetchOptions,
  PushOptions,
  PushOutcome,
  ReadTarget,
  Target,
  TransferOptions,
} from "./content/target.ts"
