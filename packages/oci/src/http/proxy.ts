import { BlockList, isIP } from "node:net"
import { Secret } from "@attache/base"
import { hostOf } from "./resolve-host.ts"

/** A proxy and how it is spoken to. */
export interface HttpProxy {
  /** Without user and password. */
  readonly url: URL
  /** Value of the header Proxy-Authorization. */
  readonly authorization?: Secret
}

/** Which proxy requests go through. */
export interface ProxySettings {
  readonly http?: HttpProxy
  readonly https?: HttpProxy
  /** Hosts that are asked directly, as in the variable NO_PROXY. */
  readonly exceptions: readonly string[]
}

/** Every host is asked directly. */
export const noProxies: ProxySettings = { exceptions: [] }

/**
 * Proxies as the environment names them: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in capitals or not.
 *
 * A value without a scheme is an HTTP proxy; what is no URL is left out. HTTP_PROXY in capitals does not count in a CGI
 * program, where a client could set it. Source: golang.org/x/net/http/httpproxy, which other registry clients use.
 */
export function proxiesFromEnvironment(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  const value = (name: string): string => env[name] || env[name.toLowerCase()] || ""
  const http = readProxy(env.REQUEST_METHOD === undefined ? value("HTTP_PROXY") : (env.http_proxy ?? ""))
  const https = readProxy(value("HTTPS_PROXY"))
  const exceptions = value("NO_PROXY")
    .split(",")
    .map((each) => each.trim().toLowerCase())
    .filter((each) => each !== "")
  return { ...(http === undefined ? {} : { http }), ...(https === undefined ? {} : { https }), exceptions }
}

function readProxy(text: string): HttpProxy | undefined {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  if (text === "" || !URL.canParse(full)) return undefined
  const url = new URL(full)
  if (url.protocol !== "http:" && url.protocol !== "https:") return undefined
  const { username, password } = url
  url.username = ""
  url.password = ""
  if (username === "" && password === "") return { url }
  const pair = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64")
  return { url, authorization: new Secret(Buffer.from(`Basic ${pair}`)) }
}

/** The proxy for a URL; undefined when its host is asked directly. Loopback never goes through a proxy. */
export function proxyFor(url: URL, settings: ProxySettings): HttpProxy | undefined {
  const proxy = url.protocol === "https:" ? settings.https : settings.http
  if (proxy === undefined) return undefined
  const host = hostOf(url).toLowerCase()
  if (isLoopbackHost(host)) return undefined
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port
  return settings.exceptions.some((each) => isException(each, host, port)) ? undefined : proxy
}

/** Whether a host is this machine by its name: `localhost`, a name below it, 127.0.0.0/8 or ::1. */
export function isLoopbackHost(host: string): boolean {
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    host === "::1" ||
    (isIP(host) === 4 && host.startsWith("127."))
  )
}

function isException(exception: string, host: string, port: string): boolean {
  if (exception === "*") return true
  if (exception.includes("/")) return isInRange(exception, host)
  const [, name = exception, wantedPort] = /^(\[.*\]|[^:]*):(\d+)$/.exec(exception) ?? []
  if (wantedPort !== undefined && wantedPort !== port) return false
  const plain = name.replace(/^\[|\]$/g, "").replace(/^\*(?=\.)/, "")
  if (isIP(plain) !== 0) return plain === host
  return plain.startsWith(".") ? host.endsWith(plain) : host === plain || host.endsWith(`.${plain}`)
}

function isInRange(range: string, host: string): boolean {
  const family = isIP(host) === 6 ? "ipv6" : "ipv4"
  const [network = "", bits = ""] = range.split("/")
  if (isIP(host) === 0 || isIP(network) !== isIP(host) || !/^\d{1,3}$/.test(bits)) return false
  if (Number(bits) > (family === "ipv6" ? 128 : 32)) return false
  const list = new BlockList()
  list.addSubnet(network, Number(bits), family)
  return list.check(host, family)
}
