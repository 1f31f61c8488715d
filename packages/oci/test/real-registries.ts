// Registries that others wrote, on free ports of this machine.
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import type { TlsIdentity } from "./authority.ts"
import { findOciTools, findProgram } from "./oci-tools.ts"
import { startTokenServer, type TokenServer } from "./token-server.ts"

/** How a registry is started. */
export interface RealRegistryOptions {
  readonly identity?: TlsIdentity
  /** Default none. */
  readonly auth?: "basic" | "token"
  /** How long tokens hold, in seconds. Default 60. */
  readonly tokenSeconds?: number
}

/** A running registry that ends with an `await using` block. */
export interface RealRegistry extends AsyncDisposable {
  /** Host and port. */
  readonly host: string
}

/** The login of those that want one. */
export const login = { user: "tester", password: "opened sesame" } as const
/** bcrypt of the password, the only form that the Debian registry takes. */
const bcrypt = "$2y$05$iaWW7tb9pU0hJ6Z/mhd.FeAzigjA9A1OT.Xp7d9f8W52ok9fEtGIS"

/** A registry by its name in test titles. */
export interface RegistryKind {
  readonly name: string
  /** Why it cannot be started; undefined when it can. */
  readonly reason: string | undefined
  /** Whether it lists referrers itself. */
  readonly hasReferrers: boolean
  readonly start: (options?: RealRegistryOptions) => Promise<RealRegistry>
}

/** The registry of go-containerregistry, with logins. */
export function goRegistry(): RegistryKind {
  const { folder, reason } = findOciTools()
  return {
    name: "go-containerregistry",
    reason,
    hasReferrers: true,
    start: async (options = {}) => {
      const files = identityFiles(options.identity)
      const parameters = [
        ...(options.identity === undefined ? [] : ["-cert", files.cert, "-key", files.key]),
        ...["-auth", options.auth ?? "none", "-user", login.user, "-password", login.password],
        ...(options.tokenSeconds === undefined ? [] : ["-life", `${options.tokenSeconds}s`]),
      ]
      const child = spawn(join(folder ?? "", "registry"), parameters, { stdio: ["ignore", "pipe", "ignore"] })
      return started(child, files.folder, (line) => line)
    },
  }
}

/** Debian's docker-registry: distribution 2.8, without referrers. */
export function dockerRegistry(): RegistryKind {
  const program = findProgram("docker-registry")
  return {
    name: "docker-registry",
    reason: program === undefined ? "docker-registry is not installed" : undefined,
    hasReferrers: false,
    start: async (options = {}) => {
      const files = identityFiles(options.identity)
      const tokens = options.auth === "token" ? await tokenServer(options) : undefined
      writeFileSync(join(files.folder, "htpasswd"), `${login.user}:${bcrypt}\n`)
      writeFileSync(join(files.folder, "tokens.crt"), tokens?.rootCertificate ?? "")
      writeFileSync(join(files.folder, "config.yml"), dockerConfig(options, files, tokens))
      const parameters = ["serve", join(files.folder, "config.yml")]
      const child = spawn(program ?? "", parameters, { stdio: ["ignore", "ignore", "pipe"] })
      const registry = await started(child, files.folder, (line) => /listening on ([\d.]+:\d+)/.exec(line)?.[1])
      const stop = async (): Promise<void> => {
        await registry[Symbol.asyncDispose]()
        await tokens?.[Symbol.asyncDispose]()
      }
      return { host: registry.host, [Symbol.asyncDispose]: stop }
    },
  }
}

function tokenServer({ tokenSeconds, identity }: RealRegistryOptions): Promise<TokenServer> {
  return startTokenServer(login.user, login.password, {
    ...(tokenSeconds === undefined ? {} : { lifeSeconds: tokenSeconds }),
    ...(identity === undefined ? {} : { identity }),
  })
}

interface Files {
  readonly folder: string
  readonly cert: string
  readonly key: string
}

function identityFiles(identity: TlsIdentity | undefined): Files {
  const folder = mkdtempSync(join(tmpdir(), "registry-"))
  const files = { folder, cert: join(folder, "tls.crt"), key: join(folder, "tls.key") }
  if (identity !== undefined) {
    writeFileSync(files.cert, identity.cert)
    writeFileSync(files.key, identity.key)
  }
  return files
}

function dockerConfig(
  { identity, auth }: RealRegistryOptions,
  { folder, cert, key }: Files,
  tokens?: TokenServer,
): string {
  const basic = { htpasswd: { realm: "test", path: join(folder, "htpasswd") } }
  const { realm, service, issuer } = tokens ?? {}
  const token = { token: { realm, service, issuer, rootcertbundle: join(folder, "tokens.crt") } }
  return JSON.stringify({
    version: 0.1,
    log: { level: "info", formatter: "text", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
    http: { addr: "127.0.0.1:0", ...(identity === undefined ? {} : { tls: { certificate: cert, key } }) },
    ...(auth === undefined ? {} : { auth: auth === "basic" ? basic : token }),
  })
}

/** Waits for the line that names the address. */
async function started(
  child: ChildProcess,
  folder: string,
  addressIn: (line: string) => string | undefined,
): Promise<RealRegistry> {
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL")
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  const stream = child.stdout ?? child.stderr
  if (stream === null) throw new Error("the registry says nothing")
  const lines = createInterface({ input: stream })
  const host = await new Promise<string>((resolve, reject) => {
    const said: string[] = []
    lines.on("line", (line) => {
      said.push(line)
      const address = addressIn(line)
      if (address !== undefined) resolve(address)
    })
    child.once("error", reject)
    child.once("close", () => reject(new Error(`the registry ended:\n${said.join("\n")}`)))
  }).catch(async (error) => {
    await stop()
    throw error
  })
  return { host, [Symbol.asyncDispose]: stop }
}
