// Registries: one session each, made when it is needed.
import type { Secret } from "@attache/base"
import type { Target } from "../content/target.ts"
import type { CredentialSource } from "../credentials/credential.ts"
import { type AddressPolicy, addressesAsNearAs } from "../http/address-policy.ts"
import { createHttpClient, type HttpClient, type HttpClientOptions } from "../http/client.ts"
import { proxiesFromEnvironment } from "../http/proxy.ts"
import { hostOf } from "../http/resolve-host.ts"
import type { RetryOptions } from "../http/retry.ts"
import type { RegistryReference } from "../reference/reference.ts"
import { addressOfRegistry, createBase } from "./base-url.ts"
import { createRepository, type RepositoryOptions } from "./repository.ts"
import { createSession, type Session } from "./session.ts"

/** What is particular about a registry. */
export interface RegistryHost {
  /** PEM text trusted beside the usual roots. */
  readonly caCertificate?: string
  /** PEM texts by which we show who we are. */
  readonly clientCertificate?: { readonly certificate: string; readonly key: Secret }
  /** Whether it is asked without TLS. Default: no; on loopback, where it does not speak TLS. */
  readonly isPlainHttp?: boolean
  /** Host and port to ask instead of the one in references. */
  readonly address?: string
}

/** How registries are asked. */
export interface RegistryClientOptions
  extends RepositoryOptions,
    Pick<HttpClientOptions, "resolveHost" | "proxies" | "pace" | "maxRedirects" | "userAgent"> {
  /** Default: nobody's. */
  readonly credentials?: CredentialSource
  /** By registry as it stands in references. */
  readonly hosts?: Readonly<Record<string, RegistryHost>>
  /** Which addresses may be asked. Default, for who sits at the machine: a registry wherever it is, and others as near as it is. */
  readonly addresses?: AddressPolicy
  /** Default: 4 attempts, 0.5 s and doubled between them. */
  readonly retry?: RetryOptions
}

/** Registries and their repositories. Disposing closes connections. */
export interface RegistryClient extends Disposable {
  /** A repository; nothing is asked yet. */
  repository(reference: Pick<RegistryReference, "registry" | "repository">): Target
}

/** A client that remembers logins and connections for as long as it lives. */
export function createRegistryClient(options: RegistryClientOptions = {}): RegistryClient {
  const sessions = new Map<string, { readonly session: Session; readonly client: HttpClient }>()
  const sessionFor = (registry: string): Session => {
    const known = sessions.get(registry) ?? openSession(registry, options)
    sessions.set(registry, known)
    return known.session
  }
  return {
    repository: ({ registry, repository }) => createRepository({ session: sessionFor(registry), repository }, options),
    [Symbol.dispose]: () => {
      for (const { client } of sessions.values()) client[Symbol.dispose]()
      sessions.clear()
    },
  }
}

function openSession(registry: string, options: RegistryClientOptions) {
  const host =
    options.hosts !== undefined && Object.hasOwn(options.hosts, registry) ? (options.hosts[registry] ?? {}) : {}
  const { caCertificate, clientCertificate } = host
  const { resolveHost, proxies = proxiesFromEnvironment(process.env), pace, maxRedirects, userAgent } = options
  const named = hostOf(new URL(`https://${addressOfRegistry(registry, host)}`))
  const client = createHttpClient({
    addresses: options.addresses ?? addressesAsNearAs(named),
    proxies,
    ...(caCertificate === undefined ? {} : { caCertificate }),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    ...(resolveHost === undefined ? {} : { resolveHost }),
    ...(pace === undefined ? {} : { pace }),
    ...(maxRedirects === undefined ? {} : { maxRedirects }),
    ...(userAgent === undefined ? {} : { userAgent }),
  })
  const session = createSession({
    registry,
    client,
    credentials: options.credentials ?? (async () => undefined),
    base: createBase(registry, host, client),
    retry: { attempts: 4, ...options.retry },
  })
  return { session, client }
}
