// What tests and benchmarks of other packages need of real registries and other people's clients.
export { createTestAuthority, type TestAuthority, type TlsIdentity } from "./authority.ts"
export { bytesOf } from "./byte-streams.ts"
export { cosign, runCosign } from "./cosign.ts"
export { type CuttingProxy, cuttingProxy } from "./cutting-proxy.ts"
export { type HostileArchive, hostileArchives } from "./hostile-archive-cases.ts"
export { type HostileImage, hostileImages } from "./hostile-image-cases.ts"
export { rewritten } from "./hostile-images.ts"
export { buildahImage, dockerImage, smallestWasm } from "./layout-fixtures.ts"
export { createMemoryTarget, type MemoryTarget } from "./memory-target.ts"
export { findOciTools, findProgram, type OciTools, run } from "./oci-tools.ts"
export {
  dockerRegistry,
  goRegistry,
  login,
  type RealRegistry,
  type RealRegistryOptions,
  type RegistryKind,
} from "./real-registries.ts"
export { serveTarget, type Twist } from "./serve-target.ts"
export { signedKeyless, vector } from "./signature-vectors.ts"
