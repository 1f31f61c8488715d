import { backendSetting, type ResolvedSetting, type SettingOptions } from "../backends/backend-setting.ts"
import {
  type BackendError,
  type BackendReference,
  type BackendTarget,
  type BackendUse,
  findBackend,
} from "../backends/find-backend.ts"
import type { RuleContext } from "./rule-context.ts"

/** Finds what a reference of an HTTP or gRPC route means. */
export function findRouteBackend(context: RuleContext, ref: BackendReference): BackendTarget | BackendError {
  const { kind, namespace } = context
  const use: BackendUse = {
    from: { group: "gateway.networking.k8s.io", kind, namespace },
    transport: "TCP",
    isOnHost: context.isOnHost,
  }
  return findBackend(context.reads, use, ref)
}

/** The setting of a found backend, as routes of the kind use it. */
export function routeSetting(context: RuleContext, target: BackendTarget, name: string): ResolvedSetting {
  const options: SettingOptions = {
    protocol: context.kind === "GRPCRoute" ? "grpc" : "http",
    isAppProtocolRead: context.kind === "HTTPRoute",
    routingType: context.options?.routingType ?? "Endpoint",
    clientTls: context.options?.tls,
  }
  return backendSetting(context.reads, target, name, options)
}
