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
export { type AddressPolicy, hostAddresses, isAddressAllowed, publicAddresses } from "./http/address-policy.ts"
export { createHttpClient, type HttpClient, type HttpClientOptions } from "./http/client.ts"
export { type HttpRequest, type HttpResponse, readBody } from "./http/exchange.ts"
export type { Pace } from "./http/pace.ts"
export { type HttpProxy, type ProxySettings, proxiesFromEnvironment } from "./http/proxy.ts"
export { allowedAddresses, type HostResolver } from "./http/resolve-host.ts"
export { type RetryOptions, retrying } from "./http/retry.ts"
