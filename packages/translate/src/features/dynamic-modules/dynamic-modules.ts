import type { DynamicModuleConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/dynamic_modules/v3/dynamic_modules_pb"
import { DynamicModuleFilterSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/dynamic_modules/v3/dynamic_modules_pb"
import { StringValueSchema } from "@bufbuild/protobuf/wkt"
import type { BackendCluster } from "../../emit/cluster-spec.ts"
import { urlClusterName, urlPort } from "../../emit/names.ts"
import { systemCaFile } from "../../emit/secrets.ts"
import { defined, type Init, typed } from "../../emit/wire.ts"
import type { DynamicModulePlan } from "../../plan/index.ts"
import { enableFilter } from "../enable-filter.ts"
import type { Feature } from "../feature.ts"

const prefix = "envoy.filters.http.dynamic_modules/"

/** Dynamic modules from a file, or fetched by Envoy itself through a cluster of the URL's host. */
export const dynamicModules: Feature = {
  name: "dynamic-modules",
  claimRoute: ({ extensions }) => {
    const plans = extensions?.dynamicModules
    if (plans === undefined || plans.length === 0) return undefined
    return {
      filters: plans.map(({ name }) => prefix + name),
      clusters: plans.flatMap((plan) => (plan.source.type === "remote" ? [urlCluster(plan, plan.source.url)] : [])),
    }
  },
  contributeRoute: ({ extensions }) => {
    const plans = extensions?.dynamicModules
    if (plans === undefined || plans.length === 0) return undefined
    return {
      perFilter: Object.fromEntries(plans.map(({ name }) => [prefix + name, enableFilter])),
      origins: plans.map(({ origin }) => origin),
    }
  },
  fold: (name, { extensions }) => {
    const plan = extensions?.dynamicModules.find((module) => prefix + module.name === name)
    return plan === undefined ? undefined : { config: filter(plan), isDisabled: true }
  },
}

function filter(plan: DynamicModulePlan): ReturnType<typeof typed> {
  return typed(
    DynamicModuleFilterSchema,
    defined({
      dynamicModuleConfig: {
        module: module(plan.source),
        doNotClose: plan.doNotClose,
        loadGlobally: plan.loadGlobally,
      },
      filterName: plan.filterName,
      filterConfig: plan.config === undefined ? undefined : typed(StringValueSchema, { value: plan.config }),
      terminalFilter: plan.isTerminal,
    }),
  )
}

function module(source: DynamicModulePlan["source"]): NonNullable<Init<typeof DynamicModuleConfigSchema>["module"]> {
  if (source.type === "local")
    return { specifier: { case: "local", value: { specifier: { case: "filename", value: source.path } } } }
  return {
    specifier: {
      case: "remote",
      value: {
        httpUri: {
          uri: source.url,
          httpUpstreamType: { case: "cluster", value: urlClusterName(new URL(source.url)) },
          timeout: { seconds: 10n, nanos: 0 },
        },
        sha256: source.sha256,
      },
    },
  }
}

function urlCluster({ origin }: DynamicModulePlan, text: string): BackendCluster {
  const url = new URL(text)
  const name = urlClusterName(url)
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1")
  return {
    type: "backends",
    name,
    settings: [
      {
        name: `${name}/backend/-1`,
        weight: 1,
        protocol: "http",
        addressType: /^[\d.]+$|:/.test(host) ? "ip" : "fqdn",
        endpoints: { type: "fixed", endpoints: [{ address: { type: "socket", host, port: urlPort(url) } }] },
      },
    ],
    isRouteCluster: false,
    ...(url.protocol === "https:" ? { tls: { caFile: systemCaFile, sni: host } } : {}),
    origin,
  }
}
