import type { AsyncDataSourceSchema } from "@attache/envoy-api/gen/envoy/config/core/v3/base_pb"
import { WasmSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/wasm/v3/wasm_pb"
import { StringValueSchema } from "@bufbuild/protobuf/wkt"
import type { BackendCluster, SecretSpec } from "../../emit/cluster-spec.ts"
import { wasmCluster } from "../../emit/names.ts"
import { certificateSecret } from "../../emit/secrets.ts"
import { type Init, typed } from "../../emit/wire.ts"
import type { Origin, WasmCode, WasmPlan } from "../../plan/index.ts"
import { enableFilter } from "../enable-filter.ts"
import type { Feature, RouteContext } from "../feature.ts"
import { proxyModuleUrl } from "./module-url.ts"

const prefix = "envoy.filters.http.wasm/"

/**
 * Wasm plugins, one VM each.
 *
 * Remote modules come from our module server through `wasm_cluster`, which is made once, and only when the
 * certificate that it asks for, if it does, is known.
 */
export const wasm: Feature = {
  name: "wasm",
  claimRoute: ({ extensions }, context) => {
    const plans = extensions?.wasm
    const [first] = plans ?? []
    if (plans === undefined || first === undefined) return undefined
    const filters = plans.map(({ name }) => prefix + name)
    if (plans.every(({ code }) => code.type === "file")) return { filters }
    return { filters, ...moduleServer(context, first.origin) }
  },
  contributeRoute: ({ extensions }) => {
    const plans = extensions?.wasm
    if (plans === undefined || plans.length === 0) return undefined
    return {
      perFilter: Object.fromEntries(plans.map(({ name }) => [prefix + name, enableFilter])),
      origins: plans.map(({ origin }) => origin),
    }
  },
  fold: (name, { extensions }, { key }) => {
    const plan = extensions?.wasm.find((wasm) => prefix + wasm.name === name)
    return plan === undefined ? undefined : { config: filter(plan, key), isDisabled: true }
  },
}

function filter(plan: WasmPlan, proxyKey: string): ReturnType<typeof typed> {
  return typed(WasmSchema, {
    config: {
      name: plan.pluginName,
      ...(plan.rootId === undefined ? {} : { rootId: plan.rootId }),
      configuration: typed(StringValueSchema, { value: plan.config ?? "" }),
      // `failure_policy` would be newer; Envoy Gateway writes the older boolean.
      ...(plan.isFailOpen ? { failOpen: true } : {}),
      vm: {
        case: "vmConfig",
        value: {
          vmId: vmIdOf(plan),
          runtime: "envoy.wasm.runtime.v8",
          code: code(plan.code, proxyKey),
          ...(plan.hostEnvKeys.length === 0 ? {} : { environmentVariables: { hostEnvKeys: [...plan.hostEnvKeys] } }),
        },
      },
    },
  })
}

/**
 * Name of the VM of a plugin.
 *
 * Envoy 1.40 looks for a running VM of the name before it has fetched a remote module, and then keeps the old module in it:
 * an entry whose module changes needs another name to run the new one. Envoy Gateway names it after the entry alone.
 * Where the bytes were lost and put back, another name alone has an Envoy try again that has refused or given up the old one.
 */
function vmIdOf({ name, code: source }: WasmPlan): string {
  const { sha256, revision = 0 } = source
  const isOurs = source.type === "remote" && source.isOurs === true
  return [name, ...(isOurs ? [sha256.slice(0, 16)] : []), ...(revision > 0 ? [revision] : [])].join("/")
}

function code(source: WasmCode, proxyKey: string): Init<typeof AsyncDataSourceSchema> {
  if (source.type === "file")
    return { specifier: { case: "local", value: { specifier: { case: "filename", value: source.path } } } }
  return {
    specifier: {
      case: "remote",
      value: {
        httpUri: {
          uri: source.isOurs === true ? proxyModuleUrl(source.url, proxyKey) : source.url,
          httpUpstreamType: { case: "cluster", value: wasmCluster },
          timeout: { seconds: 10n, nanos: 0 },
        },
        sha256: source.sha256,
        retryPolicy: {
          numRetries: 10,
          retryBackOff: { baseInterval: { seconds: 1n, nanos: 0 }, maxInterval: { seconds: 30n, nanos: 0 } },
        },
      },
    },
  }
}

function moduleServer(
  context: RouteContext,
  origin: Origin,
): { readonly clusters: readonly BackendCluster[]; readonly secrets: readonly SecretSpec[] } {
  const { controlPlaneTls, moduleServer: server } = context
  if (server.isPlainHttp === true) return { clusters: [moduleCluster(server, "http", origin)], secrets: [] }
  const certificate = controlPlaneTls?.name ?? context.controlPlaneCertificate
  if (certificate === undefined) return { clusters: [], secrets: [] }
  const tls = { caFile: "/certs/ca.crt", clientCertificate: certificate }
  const cluster: BackendCluster = { ...moduleCluster(server, "http2", origin), tls }
  const secret = controlPlaneTls === undefined ? undefined : certificateSecret(controlPlaneTls, origin)
  return { clusters: [cluster], secrets: secret === undefined ? [] : [secret] }
}

function moduleCluster(
  { host, port }: RouteContext["moduleServer"],
  protocol: "http" | "http2",
  origin: Origin,
): Extract<BackendCluster, { readonly type: "backends" }> {
  return {
    type: "backends",
    name: wasmCluster,
    settings: [
      {
        name: `${wasmCluster}/backend/-1`,
        weight: 1,
        protocol,
        addressType: "fqdn",
        endpoints: { type: "fixed", endpoints: [{ address: { type: "socket", host, port } }] },
      },
    ],
    isRouteCluster: false,
    origin,
  }
}
