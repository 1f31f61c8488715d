// Gives tokens that the Debian registry takes: signed, with the certificate of who signed in them.
import { createSign, randomUUID, X509Certificate } from "node:crypto"
import { createTestAuthority, type TlsIdentity } from "./authority.ts"
import { testServer } from "./http-server.ts"

/** A token server, and what the registry must be told of it. */
export interface TokenServer extends AsyncDisposable {
  readonly realm: string
  readonly service: string
  readonly issuer: string
  /** PEM text of the authority that its tokens lead to. */
  readonly rootCertificate: string
  /** Scopes that tokens were given for. */
  readonly given: readonly string[]
}

/** Starts a token server that knows one user. */
export async function startTokenServer(
  user: string,
  password: string,
  { lifeSeconds = 60, identity }: { readonly lifeSeconds?: number; readonly identity?: TlsIdentity },
): Promise<TokenServer> {
  const { caCertificate, localhost } = await createTestAuthority()
  const given: string[] = []
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`
  const header = { typ: "JWT", alg: "ES256", x5c: [new X509Certificate(localhost.cert).raw.toString("base64")] }
  const tokenFor = (scopes: readonly string[]): string => {
    const now = Math.floor(Date.now() / 1000)
    const access = scopes.map((scope) => {
      const [type, name, actions = ""] = scope.split(":")
      return { type, name, actions: actions.split(",") }
    })
    const claims = {
      iss: "tests",
      sub: user,
      aud: "registry",
      exp: now + lifeSeconds,
      nbf: now - 60,
      iat: now,
      jti: randomUUID(),
      access,
    }
    const text = [header, claims].map((each) => Buffer.from(JSON.stringify(each)).toString("base64url")).join(".")
    const signature = createSign("sha256").update(text).sign({ key: localhost.key, dsaEncoding: "ieee-p1363" })
    return `${text}.${signature.toString("base64url")}`
  }
  const server = await testServer((request, response) => {
    if (request.headers.authorization !== expected) return void response.writeHead(401).end("{}")
    const scopes = new URL(request.url ?? "", "http://tokens").searchParams.getAll("scope")
    given.push(scopes.join(" "))
    response.end(JSON.stringify({ token: tokenFor(scopes), expires_in: lifeSeconds }))
  }, identity)
  const dispose = { [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
  return {
    realm: `${server.url}/token`,
    service: "registry",
    issuer: "tests",
    rootCertificate: caCertificate,
    given,
    ...dispose,
  }
}
