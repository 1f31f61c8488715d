import { codes as controlPlane } from "@attache/control-plane/codes"
import { codes as envoy } from "@attache/envoy/codes"
import { codes as envoyApi } from "@attache/envoy-api/codes"
import { codes as kubeApi } from "@attache/kube-api/codes"
import { codes as oci } from "@attache/oci/codes"
import { codes as translate } from "@attache/translate/codes"
import { codes as wasmHost } from "@attache/wasm-host/codes"
import { codes as xdsServer } from "@attache/xds-server/codes"
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
