import { isAttacheError, messageOf } from "@attache/base"
import type { HttpClient } from "../http/client.ts"
import { isLoopbackHost } from "../http/proxy.ts"
import type { RegistryHost } from "./client.ts"

/** Where Docker Hub's API is. */
const dockerHubAddress = "registry-1.docker.io"

/**
 * Gives scheme, host and port of a registry's API.
 *
 * HTTPS, unless the host's settings say otherwise. A registry on loopback is asked by HTTPS first, and without it where
 * it does not speak TLS; a certificate that is not trusted is no reason to do without.
 */
export function createBase(
  registry: string,
  host: RegistryHost,
  client: HttpClient,
): (signal?: AbortSignal) => Promise<URL> {
  const address = host.address ?? (registry === "docker.io" ? dockerHubAddress : registry)
  const https = new URL(`https://${address}`)
  const http = new URL(`http://${address}`)
  let known: URL | undefined = host.isPlainHttp === undefined ? undefined : host.isPlainHttp ? http : https
  if (host.caCertificate !== undefined || !isLoopbackHost(https.hostname.replace(/^\[|\]$/g, ""))) known ??= https
  return async (signal) => {
    known ??= (await speaksTls(https, client, signal)) ? https : http
    return known
  }
}

async function speaksTls(base: URL, client: HttpClient, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    const response = await client.ask({ url: new URL("/v2/", base), ...(signal === undefined ? {} : { signal }) })
    response.discard()
    return true
  } catch (error) {
    if (!isAttacheError(error) || error.code !== "ATT_HTTP_UNREACHABLE") throw error
    // How TLS libraries and peers that expect plain text say it.
    return !/wrong version number|packet length too long|EPROTO|ECONNRESET|socket hang up|disconnected/i.test(
      messageOf(error.cause),
    )
  }
}
