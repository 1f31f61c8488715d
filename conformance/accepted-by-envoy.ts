// What a real Envoy says to recorded cases other than plain acceptance, and our answer; docs/reference/differences.md explains it.

const curves =
  "ECDH curves of an EnvoyProxy's backendTLS are passed on unchecked: which exist depends on the build of Envoy"
const authorities =
  "a ConfigMap's ca.crt is passed on unchecked when it is no certificate, and so is the listener that trusts it"
const scripts = "validation of the script is off, or by syntax alone: loading it is left to Envoy, as the user asked"

/** Cases of which Envoy refuses what was recorded: we emit the same, and Envoy refuses it in the same words. The reason by name. */
export const refusedAsRecorded: Readonly<Record<string, string>> = {
  "backend-tls-settings": curves,
  "envoyextensionpolicy-with-invalid-lua-validation-disabled": scripts,
  "envoyextensionpolicy-with-invalid-lua-validation-syntax": scripts,
  "envoyextensionpolicy-with-lua-validation-config": scripts,
  "envoyproxy-tls-settings": curves,
  "gateway-tls-frontend-backend": authorities,
}

/** Cases of which Envoy refuses what was recorded and accepts what we emit. The reason by name. */
export const acceptedInstead: Readonly<Record<string, string>> = {
  "accesslog-als-backend":
    "a collector that mixes host names and addresses is left out, and the Gateway's status says so",
}

/** Cases with listeners or clusters that Envoy accepts and cannot warm alone. What they wait for, by name. */
export const waitsForOthers: Readonly<Record<string, string>> = {
  "envoyextensionpolicy-with-wasm": "a module from the control plane's server",
  "envoyextensionpolicy-with-wasm-env-vars": "a module from the control plane's server",
  "envoyextensionpolicy-with-wasm-targetrefs": "a module from the control plane's server",
  sds: "secrets from another server",
  "sds-listener": "secrets from another server",
  "sds-listener-invalid": "secrets from another server",
}
