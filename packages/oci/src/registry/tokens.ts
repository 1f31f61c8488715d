// Bearer tokens: asked for where the registry says, kept as long as they hold.
import { AttacheError, type Clock, type Secret, systemClock } from "@attache/base"
import { isJsonObject } from "../content/read-fields.ts"
import { type Credential, revealText, secretOf } from "../credentials/credential.ts"
import type { HttpClient } from "../http/client.ts"
import { type HttpRequest, readBody } from "../http/exchange.ts"
import { type RetryOptions, retrying } from "../http/retry.ts"
import { answerError } from "./answer-error.ts"

/** Where tokens come from. */
export interface TokenServer {
  readonly realm: URL
  readonly service?: string
}

/** Tokens of one token server and credential. */
export interface Tokens {
  /** A token for scopes such as `repository:a/b:pull,push`; a kept one when it covers them. */
  get(scopes: readonly string[], signal?: AbortSignal): Promise<Secret>
  /** Forgets a token that the registry no longer takes. */
  forget(token: Secret): void
}

/** What tokens are made with. */
export interface TokenOptions {
  readonly client: HttpClient
  readonly server: TokenServer
  readonly credential: Credential | undefined
  readonly retry: RetryOptions
}

interface Kept {
  readonly scopes: readonly string[]
  readonly token: Secret
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** Longest answer of a token server, in bytes. */
const maxAnswerBytes = 1024 * 1024
/** Source: distribution 3.0, token authentication specification: "expires_in". */
const defaultLifeSeconds = 60
/** A token is not used in its last seconds, or it would end on the way. */
const marginMs = 5000
const maxKept = 64

/** Tokens without any yet. Requests for the same scopes that overlap are one. */
export function createTokens(options: TokenOptions): Tokens {
  const { clock = systemClock } = options.retry
  let kept: readonly Kept[] = []
  const running = new Map<string, Promise<Kept>>()
  const start = (scopes: readonly string[], key: string): Promise<Kept> => {
    const run = requestToken(scopes, options, clock)
    running.set(key, run)
    const ended = (): void => void running.delete(key)
    const keep = (token: Kept): void => {
      kept = [token, ...kept.filter(({ until }) => until > clock.now())].slice(0, maxKept)
      ended()
    }
    run.then(keep, ended)
    return run
  }
  return {
    get: async (scopes, signal) => {
      const known = kept.find((each) => each.until > clock.now() && isCovered(scopes, each.scopes))
      if (known !== undefined) return known.token
      const key = [...scopes].sort().join(" ")
      return (await orAborted(running.get(key) ?? start(scopes, key), signal)).token
    },
    forget: (token) => {
      kept = kept.filter((each) => each.token !== token)
    },
  }
}

function isCovered(wanted: readonly string[], given: readonly string[]): boolean {
  return wanted.every((scope) => given.some((each) => each === scope || covers(each, scope)))
}

function covers(given: string, wanted: string): boolean {
  const [at, end] = [given.lastIndexOf(":"), wanted.lastIndexOf(":")]
  if (given.slice(0, at) !== wanted.slice(0, end)) return false
  const actions = given.slice(at + 1).split(",")
  return wanted
    .slice(end + 1)
    .split(",")
    .every((action) => actions.includes(action))
}

function requestToken(
  scopes: readonly string[],
  { client, server, credential, retry }: TokenOptions,
  clock: Clock,
): Promise<Kept> {
  const what = `login at ${server.realm.host}`
  return retrying(async () => {
    const begun = clock.now()
    const response = await client.ask(tokenRequest(scopes, server, credential))
    if (response.status !== 200) throw await answerError(response, what, clock)
    const { token, lifeSeconds } = readToken(await readBody(response, maxAnswerBytes), what)
    return { scopes, token, until: begun + lifeSeconds * 1000 - marginMs }
  }, retry)
}

/** Leaves when aborted; the run goes on for the others who wait for it. */
function orAborted<T>(run: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return run
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason)
    if (signal.aborted) leave()
    signal.addEventListener("abort", leave, { once: true })
    run.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave))
  })
}

function tokenRequest(scopes: readonly string[], server: TokenServer, credential: Credential | undefined): HttpRequest {
  const service = server.service === undefined ? {} : { service: server.service }
  if (credential?.kind === "identity") {
    const form = new URLSearchParams({
      grant_type: "refresh_token",
      ...service,
      client_id: "attache",
      scope: scopes.join(" "),
      refresh_token: revealText(credential.token),
    })
    const headers = { "content-type": "application/x-www-form-urlencoded" }
    return { method: "POST", url: server.realm, headers, body: Buffer.from(form.toString()) }
  }
  const url = new URL(server.realm)
  for (const [name, value] of Object.entries(service)) url.searchParams.set(name, value)
  for (const scope of scopes) url.searchParams.append("scope", scope)
  if (credential?.kind !== "password") return { url }
  url.searchParams.set("account", credential.username)
  return { url, headers: { authorization: basicAuthorization(credential) } }
}

/** Value of the header Authorization for a user and a password. */
export function basicAuthorization({ username, password }: Credential & { readonly kind: "password" }): string {
  return `Basic ${Buffer.from(`${username}:${revealText(password)}`).toString("base64")}`
}

function readToken(bytes: Uint8Array, what: string): { readonly token: Secret; readonly lifeSeconds: number } {
  const answer = parseQuietly(bytes)
  const text = isJsonObject(answer) ? answer.token || answer.access_token : undefined
  // A line end in it would make headers of what follows.
  if (!isJsonObject(answer) || typeof text !== "string" || !/^[\x21-\x7e]+$/.test(text)) {
    throw new AttacheError("ATT_OCI_PROTOCOL", `${what} gave no token`)
  }
  const { expires_in: life } = answer
  const lifeSeconds = typeof life === "number" && life > 0 ? Math.min(life, 86_400) : defaultLifeSeconds
  return { token: secretOf(text), lifeSeconds }
}

/** A parser's message quotes the answer, which holds the token. */
function parseQuietly(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}
