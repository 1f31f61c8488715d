import { isAttacheError } from "@attache/base"
import type { HttpClient } from "../http/client.ts"
import { readBody } from "../http/exchange.ts"
import { isLoopbackHost } from "../http/proxy.ts"
import { hostOf } from "../http/resolve-host.ts"
import type { RegistryHost } from "./client.ts"

/** Where Docker Hub's API is. */
const dockerHubAddress = "registry-1.docker.io"

/** Host and port of a registry's API. */
export function addressOfRegistry(registry: string, host: RegistryHost): string {
  return host.address ?? (registry === "docker.io" ? dockerHubAddress : registry)
}

/**
 * Gives scheme, host and port of a registry's API.
 *
 * HTTPS, unless the host's settings say otherwise. A registry on loopback is asked without it first, for a path that tells
 * nothing, and with it where it does not answer as a registry without TLS does. Asking the other way round would load all of
 * TLS for every plain registry, 50 ms of a command's start.
 */
export function createBase(
  registry: string,
  host: RegistryHost,
  client: HttpClient,
): (signal?: AbortSignal) => Promise<URL> {
  const address = addressOfRegistry(registry, host)
  const https = new URL(`https://${address}`)
  const http = new URL(`http://${address}`)
  let known: URL | undefined = host.isPlainHttp === undefined ? undefined : host.isPlainHttp ? http : https
  if (host.caCertificate !== undefined || !isLoopbackHost(hostOf(https))) known ??= https
  return async (signal) => {
    known ??= (await speaksPlainly(http, client, signal)) ? http : https
    return known
  }
}

async function speaksPlainly(base: URL, client: HttpClient, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    const response = await client.ask({ url: new URL("/v2/", base), ...(signal === undefined ? {} : { signal }) })
    // Consumed, not ended: the connection serves the next request.
    await readBody(response, maxProbeBytes).catch(() => {})
    // How servers with TLS answer plain text, if they answer at all.
    return response.status !== 400
  } catch (error) {
    if (isAttacheError(error) && error.code === "ATT_HTTP_UNREACHABLE") return false
    throw error
  }
}

const maxProbeBytes = 64 * 1024
