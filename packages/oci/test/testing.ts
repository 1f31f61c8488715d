// What tests and benchmarks of other packages need of real registries and other people's clients.
export { createTestAuthority, type TestAuthority, type TlsIdentity } from "./authority.ts"
export { type CuttingProxy, cuttingProxy } from "./cutting-proxy.ts"
export { findOciTools, findProgram, type OciTools, run } from "./oci-tools.ts"
export {
  dockerRegistry,
  goRegistry,
  login,
  type RealRegistry,
  type RealRegistryOptions,
  type RegistryKind,
} from "./real-registries.ts"
