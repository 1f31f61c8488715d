// HTTPRouteFilter `credentialInjection`: on a rule a filter of the listener, on a backend a filter of its cluster.
import { CredentialInjectorSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/credential_injector/v3/credential_injector_pb"
import { UpstreamCodecSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/upstream_codec/v3/upstream_codec_pb"
import { GenericSchema } from "@attache/envoy-api/gen/envoy/extensions/http/injected_credentials/generic/v3/generic_pb"
import type { SecretSpec } from "../../emit/cluster-spec.ts"
import { ownSecret } from "../../emit/config-source.ts"
import { extension, typed } from "../../emit/wire.ts"
import type { CredentialInjectionPlan, Origin } from "../../plan/index.ts"
import { enableFilter } from "../enable-filter.ts"
import type { Feature } from "../feature.ts"

const prefix = "envoy.filters.http.credential_injector/"
const upstreamCodec = "envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec"

/** Credentials that Envoy adds to requests. */
export const credentialInjector: Feature = {
  name: "credential-injector",
  claimRoute: ({ credentialInjection: plan, origin }) =>
    plan === undefined ? undefined : { filters: [prefix + plan.name], secrets: [secret(plan, origin)] },
  contributeRoute: ({ credentialInjection: plan }) =>
    plan === undefined ? undefined : { perFilter: { [prefix + plan.name]: enableFilter } },
  fold: (name, { credentialInjection: plan }) =>
    plan !== undefined && prefix + plan.name === name ? { config: config(plan), isDisabled: true } : undefined,
  claimCluster: ({ settings, origin }) => {
    const plan = settings.find(({ filters }) => filters?.credential !== undefined)?.filters?.credential
    return plan === undefined ? undefined : { secrets: [secret(plan, origin)] }
  },
  contributeCluster: ({ settings }) => {
    const plan = settings.find(({ filters }) => filters?.credential !== undefined)?.filters?.credential
    if (plan === undefined) return undefined
    return {
      httpOptions: {
        httpFilters: [
          { name: prefix + plan.name, configType: { case: "typedConfig", value: config(plan) } },
          { name: upstreamCodec, configType: { case: "typedConfig", value: typed(UpstreamCodecSchema, {}) } },
        ],
      },
    }
  },
}

function secretName(plan: CredentialInjectionPlan): string {
  return `credential_injector/credential/${plan.name}`
}

function secret(plan: CredentialInjectionPlan, origin: Origin): SecretSpec {
  return { type: "generic", name: secretName(plan), value: plan.value, origin }
}

function config(plan: CredentialInjectionPlan): ReturnType<typeof typed> {
  return typed(CredentialInjectorSchema, {
    credential: extension("envoy.http.injected_credentials.generic", GenericSchema, {
      credential: ownSecret(secretName(plan)),
      ...(plan.header === undefined ? {} : { header: plan.header }),
    }),
    ...(plan.isOverwriting === true ? { overwrite: true } : {}),
  })
}
