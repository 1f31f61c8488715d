import "reflect-metadata"
import { webcrypto } from "node:crypto"
import * as x509 from "@peculiar/x509"
import { afterEach, describe, expect, it } from "vitest"
import { createXdsServer } from "./server.ts"
import { createSnapshot } from "./snapshot.ts"
import { sampleResources } from "./testing/sample-resources.ts"
import { createXdsClient, type XdsClientOptions } from "./testing/xds-client.ts"

x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0])
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }

interface Identity {
  readonly cert: string
  readonly key: string
}

async function keyPair(): Promise<{ keys: webcrypto.CryptoKeyPair; key: string }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64")
  return { keys, key: `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n` }
}

/** An authority that signs certificates. */
async function authority(): Promise<{ ca: string; sign(name: string): Promise<Identity> }> {
  const { keys } = await keyPair()
  const extensions = [new x509.BasicConstraintsExtension(true, 1, true)]
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=authority",
    keys,
    extensions,
    signingAlgorithm: algorithm,
  })
  const sign = async (name: string): Promise<Identity> => {
    const own = await keyPair()
    const cert = await x509.X509CertificateGenerator.create({
      subject: `CN=${name}`,
      issuer: root.subject,
      publicKey: own.keys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: name }])],
    })
    return { cert: cert.toString("pem"), key: own.key }
  }
  return { ca: root.toString("pem"), sign }
}

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe("mutual TLS", () => {
  it("serves clients of its authority and nobody else", async () => {
    const [ours, others] = [await authority(), await authority()]
    const server = createXdsServer()
    cleanups.push(() => server.close())
    const identity = await ours.sign("xds.test")
    const { address } = await server.listen({ host: "127.0.0.1", port: 0, tls: { ...identity, ca: ours.ca } })
    server.setSnapshot("web", createSnapshot(sampleResources(0, "hello")))
    const connect = (tls: Partial<XdsClientOptions["tls"]>) => {
      const base = { ca: ours.ca, serverName: "xds.test" }
      const node = { cluster: "web", id: "one" }
      const client = createXdsClient({ address, node, variant: "delta", tls: { ...base, ...tls } })
      cleanups.push(() => client.close())
      return client
        .until((c) => c.log.length > 0)
        .then(
          () => "served",
          () => "refused",
        )
    }
    expect(await connect(await ours.sign("proxy"))).toBe("served")
    expect(await connect({})).toBe("refused")
    expect(await connect(await others.sign("proxy"))).toBe("refused")
  })
})
