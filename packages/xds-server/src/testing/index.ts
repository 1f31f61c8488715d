export {
  type ClientMachine,
  type ClientMachineOptions,
  type ClientRequest,
  type ClientResource,
  type ClientResponse,
  createClientMachine,
  type Inspection,
} from "./client-machine.ts"
export { inspectEnvoyResource } from "./references.ts"
export { edsCluster, localEndpoint } from "./sample-resources.ts"
export { type ClientLogEntry, createXdsClient, type XdsClientOptions, type XdsTestClient } from "./xds-client.ts"
