// Certificates made for one test: authorities and what they sign.
import "reflect-metadata"
import { webcrypto } from "node:crypto"
import * as x509 from "@peculiar/x509"

type Document = Readonly<Record<string, unknown>>

/** A certificate with its key, PEM. */
export interface Pair {
  readonly cert: string
  readonly key: string
}

/** An authority and its own certificate, PEM. */
export interface Authority {
  readonly ca: string
  /** A certificate for host names, good for an hour. */
  sign(...names: readonly [string, ...string[]]): Promise<Pair>
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const
const lifetime = () => ({ notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) })

/** A new authority. @param name its own; two that are trusted at once need different ones */
export async function createAuthority(name = "authority"): Promise<Authority> {
  // The types of the two sides differ in name only.
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0])
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    ...lifetime(),
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  })
  return {
    ca: root.toString("pem"),
    sign: async (...names) => {
      const own = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])
      const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=${names[0]}`,
        issuer: root.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        ...lifetime(),
        extensions: [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns" as const, value })))],
      })
      const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", own.privateKey)).toString("base64")
      const key = `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g)?.join("\n")}\n-----END PRIVATE KEY-----\n`
      return { cert: certificate.toString("pem"), key }
    },
  }
}

/** A Secret of type `kubernetes.io/tls`. */
export function tlsSecret(name: string, { cert, key }: Pair): Document {
  const data = { "tls.crt": Buffer.from(cert).toString("base64"), "tls.key": Buffer.from(key).toString("base64") }
  return { apiVersion: "v1", kind: "Secret", metadata: { name }, type: "kubernetes.io/tls", data }
}

/** A ConfigMap with an authority's certificate. */
export function caConfigMap(name: string, { ca }: Authority): Document {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { "ca.crt": ca } }
}
