// Connections that lead only to addresses that were judged, directly or through a proxy.
import type { Agent, RequestOptions } from "node:http"
import type { Agent as TlsAgent } from "node:https"
import { isIP } from "node:net"
import type { Duplex } from "node:stream"
import { AttacheError, type Secret } from "@attache/base"
import type { AddressPolicy } from "./address-policy.ts"
import { type HttpProxy, type ProxySettings, proxyFor } from "./proxy.ts"
import { allowedAddresses, type HostResolver, hostOf } from "./resolve-host.ts"
import { withStraightBodies } from "./straight-body.ts"
import { nodeHttp, nodeHttps, nodeTls } from "./transports.ts"

/** Where connections may lead and whom they trust. */
export interface ConnectionOptions {
  /** Judged when a connection is made: the address that is judged is the one that is connected to. */
  readonly addresses: AddressPolicy
  /** Default: the system's. */
  readonly resolveHost?: HostResolver
  /** PEM text trusted beside the usual roots. */
  readonly caCertificate?: string
  /** PEM texts by which we show who we are. */
  readonly clientCertificate?: { readonly certificate: string; readonly key: Secret }
  /** Default: none. */
  readonly proxies?: ProxySettings
  /** Whether connections are kept for further requests. Default true. */
  readonly isKept?: boolean
}

/** Gives what Node needs to ask for a URL. */
export interface Connections extends Disposable {
  /** Error: ATT_HTTP_ADDRESS_DENIED, for addresses in the URL itself; names are judged while connecting. */
  optionsFor(url: URL): Promise<RequestOptions>
}

/** Connections under one policy; a kept one may be used again, because its address was judged by the same rules. */
export function createConnections(options: ConnectionOptions): Connections {
  const keepAlive = options.isKept ?? true
  const guarded = { keepAlive, lookup: judgedLookup(options) }
  const agents = new Map<string, Agent>()
  const agentFor = (key: string, create: () => Agent): Agent => {
    const known = agents.get(key) ?? create()
    agents.set(key, known)
    return known
  }
  const direct = (isTls: boolean): Agent => {
    if (!isTls) return agentFor("http", () => withStraightBodies(new (nodeHttp().Agent)(guarded)))
    return agentFor("https", () => withStraightBodies(new (nodeHttps().Agent)({ ...guarded, ...tlsOptions(options) })))
  }
  // The proxy itself is the operator's choice and not judged.
  const toProxy = (isTls: boolean): Agent => {
    if (!isTls) return agentFor("http to proxy", () => new (nodeHttp().Agent)({ keepAlive }))
    return agentFor("https to proxy", () => new (nodeHttps().Agent)({ keepAlive }))
  }
  const tunnel = (proxy: HttpProxy): Agent =>
    agentFor(proxy.url.href, () => createTunnelAgent(proxy, { keepAlive, ...tlsOptions(options) }))
  return {
    optionsFor: async (url) => {
      const proxy = proxyFor(url, options.proxies ?? { exceptions: [] })
      const host = hostOf(url)
      if (isIP(host) !== 0) await allowedAddresses(host, options.addresses)
      const isTls = url.protocol === "https:"
      const asked = { host, port: url.port, path: `${url.pathname}${url.search}`, headers: { host: url.host } }
      if (proxy === undefined) return { ...asked, agent: direct(isTls) }
      await judgeThroughProxy(host, options)
      if (isTls) return { ...asked, agent: tunnel(proxy) }
      const agent = toProxy(proxy.url.protocol === "https:")
      return { ...addressOf(proxy), path: url.href, headers: { host: url.host, ...authorization(proxy) }, agent }
    },
    [Symbol.dispose]: () => {
      for (const agent of agents.values()) agent.destroy()
    },
  }
}

function tlsOptions({ caCertificate, clientCertificate }: ConnectionOptions): object {
  return {
    minVersion: "TLSv1.2",
    ...(caCertificate === undefined ? {} : { ca: [...nodeTls().rootCertificates, caCertificate] }),
    ...(clientCertificate === undefined
      ? {}
      : { cert: clientCertificate.certificate, key: Buffer.from(clientCertificate.key.reveal()) }),
  }
}

/** A resolver for Node's connections that gives allowed addresses only. */
function judgedLookup({ addresses, resolveHost }: ConnectionOptions): NonNullable<RequestOptions["lookup"]> {
  return (host, options, done) => {
    allowedAddresses(host, addresses, resolveHost).then(
      (allowed) => {
        const known = allowed.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }))
        const [first] = known
        if (options.all === true) done(null, known)
        else done(null, first?.address ?? "", first?.family ?? 0)
      },
      (error: NodeJS.ErrnoException) => done(error, []),
    )
  }
}

/** The proxy connects, so only names that can be resolved here can be judged here. */
async function judgeThroughProxy(host: string, { addresses, resolveHost }: ConnectionOptions): Promise<void> {
  try {
    await allowedAddresses(host, addresses, resolveHost)
  } catch (error) {
    if (error instanceof AttacheError && error.code === "ATT_HTTP_UNREACHABLE") return
    throw error
  }
}

function addressOf({ url }: HttpProxy): { readonly host: string; readonly port: string } {
  return { host: hostOf(url), port: url.port || (url.protocol === "https:" ? "443" : "80") }
}

function authorization({ authorization: value }: HttpProxy): Record<string, string> {
  return value === undefined ? {} : { "proxy-authorization": new TextDecoder().decode(value.reveal()) }
}

/** An agent whose connections are TLS through a proxy's CONNECT. */
function createTunnelAgent(proxy: HttpProxy, tls: object): TlsAgent {
  const agent = new (nodeHttps().Agent)(tls)
  agent.createConnection = (options, done) => {
    const finish = done as unknown as (error: Error | null, socket?: Duplex) => void
    const host = String(options.host)
    const at = `${host.includes(":") ? `[${host}]` : host}:${options.port || 443}`
    const { request: ask } = proxy.url.protocol === "https:" ? nodeHttps() : nodeHttp()
    const request = ask({
      ...addressOf(proxy),
      method: "CONNECT",
      path: at,
      headers: { host: at, ...authorization(proxy) },
    })
    request.on("connect", ({ statusCode = 0 }, socket) => {
      if (statusCode === 200) return finish(null, nodeTls().connect({ ...options, ...tls, socket } as object))
      socket.destroy()
      const text = `proxy ${proxy.url.host} refuses to connect to ${at}: status code ${statusCode}`
      finish(new AttacheError("ATT_HTTP_PROXY", text, { facts: { proxy: proxy.url.host, status: statusCode } }))
    })
    request.on("error", finish)
    request.end()
    return undefined
  }
  return agent
}
