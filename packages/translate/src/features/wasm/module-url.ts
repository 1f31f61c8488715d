import { createHmac } from "node:crypto"

/**
 * URL under which one proxy gets a module of our server: who knows that of another proxy cannot make it.
 *
 * @param moduleUrl `{base}/{sha256}/{token}.wasm`, known to the control plane alone; the token becomes
 * `{proxy key in base64url}/{HMAC-SHA256 of it under the token}`
 */
export function proxyModuleUrl(moduleUrl: string, proxyKey: string): string {
  const slash = moduleUrl.lastIndexOf("/")
  const token = moduleUrl.slice(slash + 1).replace(/\.wasm$/, "")
  const own = createHmac("sha256", token).update(proxyKey).digest("hex")
  return `${moduleUrl.slice(0, slash)}/${Buffer.from(proxyKey).toString("base64url")}/${own}.wasm`
}
