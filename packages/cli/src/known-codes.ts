import { codes as controlPlane } from "@attache/control-plane"
import { codes as envoy } from "@attache/envoy"
import { codes as envoyApi } from "@attache/envoy-api"
import { codes as kubeApi } from "@attache/kube-api"
import { codes as oci } from "@attache/oci"
import { codes as translate } from "@attache/translate"
import { codes as wasmHost } from "@attache/wasm-host"
import { codes as xdsServer } from "@attache/xds-server"
import { codes as cli } from "./codes.ts"

/** Cause and cure of every error code that this command may show. */
export const knownCodes: Readonly<Record<string, { readonly cause: string; readonly cure: string }>> = {
  ...cli,
  ...controlPlane,
  ...envoy,
  ...envoyApi,
  ...kubeApi,
  ...oci,
  ...translate,
  ...wasmHost,
  ...xdsServer,
}
