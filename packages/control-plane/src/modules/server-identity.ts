// Certificates of the module server, taken whole or not at all.
import { X509Certificate } from "node:crypto"
import { createSecureContext } from "node:tls"
import { AttacheError, messageOf, type Secret } from "@attache/base"

/** What a server shows and asks for: PEM texts. */
export interface ServerIdentity {
  readonly certificate: string
  readonly key: Secret
  /** Authorities of which one must have signed the client's certificate. Default: clients need none. */
  readonly clientAuthorities?: string
}

/** An identity as Node's TLS takes it, for TLS 1.3. Error: ATT_MODULE_TLS. */
export function secureContextOf({ certificate, key, clientAuthorities }: ServerIdentity) {
  const context = {
    cert: certificate,
    key: Buffer.from(key.reveal()),
    minVersion: "TLSv1.3",
    ...(clientAuthorities === undefined ? {} : { ca: clientAuthorities }),
  } as const
  try {
    checkWhole(certificate, "the certificate")
    if (clientAuthorities !== undefined) checkWhole(clientAuthorities, "the authorities of clients")
    createSecureContext(context)
  } catch (error) {
    throw new AttacheError(
      "ATT_MODULE_TLS",
      `the certificates of the module server cannot be used: ${messageOf(error)}`,
      {
        cause: error,
        hint: "give tls.crt, tls.key and ca.crt in PEM, each whole",
      },
    )
  }
  return context
}

/** Whether clients must show a certificate: a property of the server, which later contexts do not change. */
export function verificationOf({ clientAuthorities }: ServerIdentity) {
  return clientAuthorities === undefined ? {} : { requestCert: true, rejectUnauthorized: true }
}

/** Node takes what it can read: where that is nothing it shows nothing, or trusts nobody, and every proxy is shut out. */
function checkWhole(text: string, what: string): void {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0 || blocks.length !== text.split("-----BEGIN ").length - 1)
    throw new Error(`${what} cannot be read as PEM`)
  for (const block of blocks) new X509Certificate(block)
}
