// HTTPS listeners: certificates by SNI.
import "reflect-metadata"
import { webcrypto } from "node:crypto"
import { freePorts } from "@attache/envoy"
import * as x509 from "@peculiar/x509"
import { expect, it } from "vitest"
import { startBackend } from "./backend.ts"
import { startGateway } from "./gateway-under-test.ts"
import { backend, gateway, prefix, route, stream, to } from "./resources.ts"

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const

interface Pair {
  readonly certificate: string
  readonly key: string
}

async function selfSigned(name: string): Promise<Pair> {
  // The types of the two sides differ in name only.
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0])
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: name }])],
  })
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64")
  const key = `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g)?.join("\n")}\n-----END PRIVATE KEY-----\n`
  return { certificate: certificate.toString("pem"), key }
}

function secret(name: string, pair: Pair) {
  const data = {
    "tls.crt": Buffer.from(pair.certificate).toString("base64"),
    "tls.key": Buffer.from(pair.key).toString("base64"),
  }
  return { apiVersion: "v1", kind: "Secret", metadata: { name }, type: "kubernetes.io/tls", data }
}

it("serves two hosts on one HTTPS port, each with its own certificate", async () => {
  const [port] = (await freePorts(1)) as [number]
  await using one = await startBackend("one")
  const [a, b] = await Promise.all([selfSigned("a.example.com"), selfSigned("b.example.com")])
  const [namespace, gatewayClass, gw] = gateway({})
  const listener = (name: string, hostname: string) => ({
    name,
    hostname,
    port,
    protocol: "HTTPS",
    tls: { mode: "Terminate", certificateRefs: [{ name }] },
  })
  const listeners = [listener("cert-a", "a.example.com"), listener("cert-b", "b.example.com")]
  const objects = [
    namespace,
    gatewayClass,
    { ...gw, spec: { gatewayClassName: "attache", listeners } },
    secret("cert-a", a),
    secret("cert-b", b),
    backend("one", one.port),
    route("all", [prefix("/", { backendRefs: [to("one")] })]),
  ]
  await using running = await startGateway({ "tls.yaml": stream(...(objects as Record<string, unknown>[])) })
  for (const [serverName, pair] of [
    ["a.example.com", a],
    ["b.example.com", b],
  ] as const) {
    const answer = await running.request(port, "/x", {
      headers: { host: serverName },
      tls: { serverName, ca: pair.certificate },
    })
    expect([serverName, answer.status]).toEqual([serverName, 200])
  }
  const wrong = running.request(port, "/x", {
    headers: { host: "a.example.com" },
    tls: { serverName: "a.example.com", ca: b.certificate },
  })
  await expect(wrong).rejects.toThrow(/certificate/)
})
