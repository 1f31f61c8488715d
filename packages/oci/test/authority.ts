import "reflect-metadata"
import { webcrypto } from "node:crypto"
import * as x509 from "@peculiar/x509"

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const

/** What a TLS server shows: PEM texts. */
export interface TlsIdentity {
  readonly cert: string
  readonly key: string
}

/** A certificate authority of its own. */
export interface TestAuthority {
  /** PEM text that makes its certificates trusted. */
  readonly caCertificate: string
  /** A certificate for localhost and 127.0.0.1. */
  readonly localhost: TlsIdentity
}

/** Makes an authority whose certificates are valid for an hour. */
export async function createTestAuthority(): Promise<TestAuthority> {
  // The types of the two sides differ in name only.
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0])
  const [authority, server] = [await keyPair(), await keyPair()]
  const valid = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) }
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=authority of a test",
    keys: authority.keys,
    signingAlgorithm: algorithm,
    ...valid,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  })
  const names = [
    { type: "dns", value: "localhost" },
    { type: "ip", value: "127.0.0.1" },
  ] as const
  const certificate = await x509.X509CertificateGenerator.create({
    subject: "CN=localhost",
    issuer: root.subject,
    publicKey: server.keys.publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: algorithm,
    ...valid,
    extensions: [new x509.SubjectAlternativeNameExtension([...names])],
  })
  const localhost = { cert: certificate.toString("pem"), key: server.key }
  return { caCertificate: root.toString("pem"), localhost }
}

async function keyPair(): Promise<{ readonly keys: webcrypto.CryptoKeyPair; readonly key: string }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64")
  const lines = der.match(/.{1,64}/g)?.join("\n")
  return { keys, key: `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n` }
}
