import "reflect-metadata"
import { webcrypto } from "node:crypto"
import { silentLogger } from "@attache/base"
import { credentials } from "@grpc/grpc-js"
import * as x509 from "@peculiar/x509"
import { afterEach, describe, expect, it } from "vitest"
import { createExtProcServer, type ServerTls } from "./server.ts"
import { exchange, headersMessage } from "./testing/stream-client.ts"

x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0])
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }

/** A certificate of `localhost` that signed itself, with its key. */
async function selfSigned(): Promise<{ readonly cert: string; readonly key: string }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=localhost",
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "localhost" }])],
  })
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64")
  return { cert: certificate.toString("pem"), key: `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n` }
}

const question = { request: { case: "requestHeaders" as const, value: headersMessage({ ":path": "/" }) } }
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function serve(tls: ServerTls): Promise<string> {
  const server = createExtProcServer({
    logger: silentLogger,
    onRequestHeaders: (headers) => headers.set("x-tls", "yes"),
  })
  cleanups.push(() => server.close(0))
  const address = await server.listen({ port: 0, tls })
  return address.replace("127.0.0.1", "localhost")
}

describe("a server with a certificate", () => {
  it("serves who trusts it, and nobody without TLS", async () => {
    const own = await selfSigned()
    const address = await serve(own)
    const good = await exchange(address, [question], credentials.createSsl(Buffer.from(own.cert)))
    expect([good.error, good.answers.length]).toEqual([undefined, 1])
    expect((await exchange(address, [question])).error).toBeDefined()
  })

  it("serves only clients of the authority it names", async () => {
    const [own, client, stranger] = await Promise.all([selfSigned(), selfSigned(), selfSigned()])
    const address = await serve({ ...own, ca: client.cert })
    const as = ({ key, cert }: { readonly key: string; readonly cert: string }) =>
      credentials.createSsl(Buffer.from(own.cert), Buffer.from(key), Buffer.from(cert))
    expect((await exchange(address, [question], as(client))).error).toBeUndefined()
    expect((await exchange(address, [question], as(stranger))).error).toBeDefined()
    const nobody = credentials.createSsl(Buffer.from(own.cert))
    expect((await exchange(address, [question], nobody)).error).toBeDefined()
  })

  it("is refused with what cannot be a certificate, and with the key of another", async () => {
    const [own, other] = await Promise.all([selfSigned(), selfSigned()])
    for (const tls of [
      { cert: "none", key: own.key },
      { cert: own.cert, key: other.key },
      { ...own, ca: "none" },
    ]) {
      const server = createExtProcServer({ logger: silentLogger })
      cleanups.push(() => server.close(0))
      await expect(server.listen({ port: 0, tls })).rejects.toMatchObject({ code: "ATT_EXT_PROC_CERTIFICATE" })
    }
  })
})
