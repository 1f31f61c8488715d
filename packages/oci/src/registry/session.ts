// Requests to one registry: where it is, who we are, and what its answers mean.
import { AttacheError, type Secret } from "@attache/base"
import { type Credential, type CredentialSource, revealText } from "../credentials/credential.ts"
import type { HttpClient } from "../http/client.ts"
import { type HttpResponse, readBody } from "../http/exchange.ts"
import { type RetryOptions, retrying } from "../http/retry.ts"
import { answerError } from "./answer-error.ts"
import { type Challenge, parseChallenges } from "./challenge.ts"
import { basicAuthorization, createTokens, type Tokens } from "./tokens.ts"

/** A request to a registry. */
export interface RegistryRequest {
  /** The operation, for messages, such as `pull of r.io/a:v1`. */
  readonly what: string
  readonly method?: string
  /** Path and query below the registry, or a whole URL that the registry gave. */
  readonly path: string | URL
  readonly headers?: Readonly<Record<string, string>>
  /** Opened anew for a second attempt after a login. */
  readonly body?: Uint8Array | (() => Promise<AsyncIterable<Uint8Array>>)
  /** Repository that credentials are looked up for. */
  readonly repository: string
  /** Scopes a token needs. */
  readonly scopes: readonly string[]
  /** Statuses that are no errors. */
  readonly accepted: readonly number[]
  readonly signal?: AbortSignal
}

/** Requests to one registry. */
export interface Session {
  readonly registry: string
  readonly retry: RetryOptions
  /** Where its API is: scheme, host and port. */
  base(signal?: AbortSignal): Promise<URL>
  /**
   * Asks once, and once more after a login.
   *
   * Errors: ATT_OCI_UNAUTHORIZED, _DENIED, _NOT_FOUND, _UNSUPPORTED, _RATE_LIMITED, _UNAVAILABLE, _REFUSED, _PROTOCOL,
   * _CREDENTIALS, and those of HTTP.
   */
  askOnce(request: RegistryRequest): Promise<HttpResponse>
  /** As {@link askOnce}, again after pauses while the failure may pass. */
  ask(request: RegistryRequest): Promise<HttpResponse>
  /** As {@link ask}, with the whole body; again also where the body broke. Error: ATT_HTTP_TOO_LARGE. */
  read(request: RegistryRequest, limitBytes: number): Promise<ReadResponse>
}

/** A response with its body in memory. */
export type ReadResponse = Pick<HttpResponse, "status" | "headers" | "url"> & { readonly bytes: Uint8Array }

/** What a session is made with. */
export interface SessionOptions {
  readonly registry: string
  readonly client: HttpClient
  readonly credentials: CredentialSource
  readonly base: (signal?: AbortSignal) => Promise<URL>
  readonly retry: RetryOptions
}

/** What we know of how a registry wants to be asked. */
type Scheme =
  | { readonly kind: "basic" }
  | { readonly kind: "bearer"; readonly tokens: (c: Credential | undefined) => Tokens }

/** What was sent to show who we are. */
interface Sent {
  readonly header?: string
  readonly token?: Secret
  readonly tokens?: Tokens
}

/** A session that has asked for nothing yet. */
export function createSession(options: SessionOptions): Session {
  const { registry, client, retry } = options
  const credentialOf = rememberCredentials(options)
  let scheme: Scheme | undefined
  const authorize = async (request: RegistryRequest): Promise<Sent> => {
    if (scheme === undefined) return {}
    const credential = await credentialOf(request.repository)
    if (credential?.kind === "token") return { header: `Bearer ${revealText(credential.token)}` }
    if (scheme.kind === "basic")
      return credential?.kind === "password" ? { header: basicAuthorization(credential) } : {}
    const tokens = scheme.tokens(credential)
    const token = await tokens.get(request.scopes, request.signal)
    return { header: `Bearer ${revealText(token)}`, token, tokens }
  }
  const send = async (request: RegistryRequest, base: URL, sent: Sent): Promise<HttpResponse> => {
    const { path, body, method, signal } = request
    const url = typeof path === "string" ? new URL(path, base) : path
    // An upload may be somewhere else, where our login is nobody's business.
    const own = sent.header !== undefined && url.origin === base.origin ? { authorization: sent.header } : {}
    return client.ask({
      url,
      headers: { ...request.headers, ...own },
      ...(method === undefined ? {} : { method }),
      ...(body === undefined ? {} : { body: typeof body === "function" ? await body() : body }),
      ...(signal === undefined ? {} : { signal }),
    })
  }
  const askOnce = async (request: RegistryRequest): Promise<HttpResponse> => {
    const base = await options.base(request.signal)
    const sent = await authorize(request)
    let response = await send(request, base, sent)
    if (response.status === 401 && response.url.origin === base.origin) {
      const next = schemeOf(response, base, options)
      if (sent.token !== undefined) sent.tokens?.forget(sent.token)
      if (scheme === undefined || (next !== undefined && next.kind !== scheme.kind)) scheme = next
      const second = await authorize(request)
      if (second.header !== undefined && second.header !== sent.header) {
        await response.discard()
        response = await send(request, base, second)
      }
    }
    if (request.accepted.includes(response.status)) return response
    throw await answerError(response, request.what, retry.clock)
  }
  const again = <T>(request: RegistryRequest, action: () => Promise<T>): Promise<T> =>
    retrying(action, { ...retry, ...(request.signal === undefined ? {} : { signal: request.signal }) })
  return {
    registry,
    retry,
    base: options.base,
    askOnce,
    ask: (request) => again(request, () => askOnce(request)),
    read: (request, limitBytes) =>
      again(request, async () => {
        const response = await askOnce(request)
        const { status, headers, url } = response
        return { status, headers, url, bytes: await readBody(response, limitBytes) }
      }),
  }
}

function rememberCredentials({
  credentials,
  registry,
}: SessionOptions): (repository: string) => Promise<Credential | undefined> {
  const known = new Map<string, Promise<Credential | undefined>>()
  return (repository) => {
    const found = known.get(repository) ?? credentials(registry, repository)
    known.set(repository, found)
    // A helper that failed may be asked again.
    found.catch(() => known.delete(repository))
    return found
  }
}

function schemeOf(response: HttpResponse, base: URL, { client, retry, registry }: SessionOptions): Scheme | undefined {
  const challenges = parseChallenges(response.headers["www-authenticate"])
  const bearer = challenges.find(({ scheme }) => scheme === "bearer")
  if (bearer !== undefined) {
    const server = tokenServerOf(bearer, base, registry)
    const byCredential = new Map<Credential | undefined, Tokens>()
    const tokens = (credential: Credential | undefined): Tokens => {
      const known = byCredential.get(credential) ?? createTokens({ client, server, credential, retry })
      byCredential.set(credential, known)
      return known
    }
    return { kind: "bearer", tokens }
  }
  return challenges.some(({ scheme }) => scheme === "basic") ? { kind: "basic" } : undefined
}

function tokenServerOf({ parameters }: Challenge, base: URL, registry: string): { realm: URL; service?: string } {
  const text = parameters.get("realm") ?? ""
  const realm = URL.canParse(text) ? new URL(text) : undefined
  const isSafe = realm?.protocol === "https:" || (realm?.protocol === "http:" && base.protocol === "http:")
  if (realm === undefined || !isSafe || realm.username !== "") {
    const hint = "ask the registry's operator; passwords are sent over https only"
    // Its text may hold a password.
    const place = realm === undefined ? "what is no URL" : `${realm.protocol}//${realm.host}`
    throw new AttacheError("ATT_OCI_PROTOCOL", `${registry} wants logins at ${place}`, {
      hint,
      facts: { registry },
    })
  }
  const service = parameters.get("service")
  return { realm, ...(service === undefined ? {} : { service }) }
}
