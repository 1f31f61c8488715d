import type { Secret } from "@attache/kube-api"
import type { SdsSource } from "../plan/index.ts"

/** Type of Secrets that only name a secret of another SDS server. */
export const sdsSecretType = "gateway.envoyproxy.io/sds"

/** Reads where another SDS server delivers a secret; the error is worded as Envoy Gateway 1.9 words it. */
export function readSdsSecret(secret: Secret): SdsSource | { readonly error: string } {
  const name = `${secret.metadata.namespace}/${secret.metadata.name}`
  const text = (key: string): string =>
    Buffer.from(secret.data?.[key] ?? "", "base64")
      .toString("utf8")
      .trim()
  const url = text("url")
  if (url === "") return { error: `no url found in SDS reference secret ${name}` }
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1] ?? ""
  if (scheme !== "unix")
    return { error: `invalid URL in SDS reference secret ${name}: unsupported URL scheme: ${scheme}` }
  const secretName = text("secretName")
  if (secretName === "") return { error: `no secretName found in SDS reference secret ${name}` }
  return { secretName, url: url.replace(/^unix:(\/\/)?/, "") }
}
