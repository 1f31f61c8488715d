// The file in which Docker keeps logins, which is also what Kubernetes keeps in pull secrets.
import type { Diagnostic } from "@attache/base"
import {
  createFieldReader,
  type FieldReader,
  isJsonObject,
  type JsonObject,
  readJsonObject,
} from "../content/read-fields.ts"
import { type Credential, secretOf } from "./credential.ts"

/** What a Docker configuration says about logins. */
export interface DockerConfig {
  /** Credentials by server, as written: a host, a URL, a host with a path, or one with `*` in it. */
  readonly auths: ReadonlyMap<string, Credential>
  /** Name of the helper program by registry. */
  readonly credHelpers: ReadonlyMap<string, string>
  /** Name of the helper program for all other registries. */
  readonly credsStore?: string
}

/** What came of reading a configuration; unusable entries are left out. */
export interface ReadDockerConfig {
  readonly config: DockerConfig
  readonly diagnostics: readonly Diagnostic[]
}

/** Largest configuration, in bytes; a Kubernetes Secret cannot be larger either. */
export const maxDockerConfigBytes = 1024 * 1024

/** Code: ATT_OCI_CREDENTIALS. Messages never hold what an entry says, which may be a password. */
const code = "ATT_OCI_CREDENTIALS"

/**
 * A configuration from a file `config.json` or from the data of a secret.
 *
 * @param form `dockercfg`: the older form, whose whole content is what `auths` is in the newer one
 */
export function readDockerConfig(bytes: Uint8Array, form: "config" | "dockercfg" = "config"): ReadDockerConfig {
  const reader = createFieldReader()
  const document = bytes.length > maxDockerConfigBytes ? tooLarge(reader) : readQuietly(bytes, reader)
  const { auths, credHelpers, credsStore } = form === "dockercfg" ? { auths: document } : (document ?? {})
  const helpers = new Map<string, string>()
  for (const [registry, name] of Object.entries(objectOf(credHelpers, "credHelpers", reader))) {
    if (typeof name === "string") helpers.set(registry, name)
    else reader.wrong(`credHelpers.${registry}`, "must be a text", code)
  }
  const credentials = new Map<string, Credential>()
  for (const [server, entry] of Object.entries(objectOf(auths, "auths", reader))) {
    const credential = isJsonObject(entry) ? readEntry(entry, `auths.${server}`, reader) : undefined
    if (credential !== undefined) credentials.set(server, credential)
  }
  const store = typeof credsStore === "string" && credsStore !== "" ? { credsStore } : {}
  return { config: { auths: credentials, credHelpers: helpers, ...store }, diagnostics: reader.diagnostics }
}

/** A parser's message quotes what it stumbled over, which may be a password. */
function readQuietly(bytes: Uint8Array, reader: FieldReader): JsonObject | undefined {
  return readJsonObject(bytes, createFieldReader()) ?? reader.wrong("", "is no JSON object", code)
}

function tooLarge(reader: FieldReader): undefined {
  return reader.wrong("", `is larger than ${maxDockerConfigBytes} bytes`, code)
}

function objectOf(value: unknown, field: string, reader: FieldReader): JsonObject {
  if (isJsonObject(value)) return value
  if (value !== undefined && value !== null) reader.wrong(field, "must be an object", code)
  return {}
}

function readEntry(entry: JsonObject, field: string, reader: FieldReader): Credential | undefined {
  const text = (name: string): string => (typeof entry[name] === "string" ? entry[name] : "")
  if (text("registrytoken") !== "") return { kind: "token", token: secretOf(text("registrytoken")) }
  if (text("identitytoken") !== "") return { kind: "identity", token: secretOf(text("identitytoken")) }
  if (text("auth") !== "") {
    const pair = Buffer.from(text("auth"), "base64").toString("utf8")
    const colon = pair.indexOf(":")
    if (colon === -1) return reader.wrong(`${field}.auth`, "must be user and password in base64", code)
    // Some writers pad the password with zero bytes. Source: Docker CLI, cli/config/configfile.
    return {
      kind: "password",
      username: pair.slice(0, colon),
      password: secretOf(pair.slice(colon + 1).replace(/\0+$/, "")),
    }
  }
  if (text("username") === "") return undefined
  return { kind: "password", username: text("username"), password: secretOf(text("password")) }
}

/** Under which key logins of Docker Hub are kept. */
export const dockerHubServer = "https://index.docker.io/v1/"

/**
 * The credentials for a repository: of the entry whose host and path fit best.
 *
 * An entry's path must be the beginning of the repository's; `*` in a host stands for a part of one label. The longest
 * path wins, then a host without `*`. Source: Kubernetes 1.36, pkg/credentialprovider, and Docker for its own form of keys.
 */
export function findCredential(config: DockerConfig, registry: string, repository: string): Credential | undefined {
  const wanted = registry === "docker.io" ? ["docker.io", "index.docker.io", "registry-1.docker.io"] : [registry]
  const fitting = [...config.auths]
    .map(([server, credential]) => ({ ...placeOf(server), credential }))
    .filter(({ host, path }) => wanted.some((each) => isHostFitting(host, each)) && isPathFitting(path, repository))
    .sort((a, b) => b.path.length - a.path.length || Number(a.host.includes("*")) - Number(b.host.includes("*")))
  return fitting[0]?.credential
}

function placeOf(server: string): { readonly host: string; readonly path: string } {
  const [host = "", ...path] = server.replace(/^https?:\/\//, "").split("/")
  const joined = path.join("/").replace(/\/+$/, "")
  // The API's own path says nothing about repositories.
  return { host, path: /^v[12]$/.test(joined) ? "" : joined.replace(/^v[12]\//, "") }
}

function isHostFitting(pattern: string, host: string): boolean {
  if (pattern === host) return true
  const [wanted = [], labels = []] = [pattern, host].map((each) => each.split("."))
  return wanted.length === labels.length && wanted.every((each, i) => isLabelFitting(each, labels[i] ?? ""))
}

function isLabelFitting(pattern: string, label: string): boolean {
  const pieces = pattern.split("*")
  if (pieces.length === 1) return pattern === label
  const [first = "", last = ""] = [pieces[0], pieces.at(-1)]
  if (label.length < first.length + last.length || !label.startsWith(first) || !label.endsWith(last)) return false
  let at = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = label.indexOf(piece, at)
    if (found === -1 || found + piece.length > label.length - last.length) return false
    at = found + piece.length
  }
  return true
}

function isPathFitting(path: string, repository: string): boolean {
  return path === "" || repository === path || repository.startsWith(`${path}/`)
}
