import { readFileSync, statSync } from "node:fs"
import { AttacheError, errorFrom, unreachable } from "@attache/base"
import {
  createDockerCredentials,
  createRegistryClient,
  formatReference,
  openTarget,
  parseReference,
  passwordCredential,
  type Reference,
  type RegistryClientOptions,
  type Target,
} from "@attache/oci"
import { exitCodes } from "../exit.ts"
import { isOn, type Options, textOf } from "../options.ts"

/** An artifact's place: what was written, and the repository or layout it is in. */
export interface OpenedReference {
  readonly reference: Reference
  /** The one spelling of the reference. */
  readonly text: string
  readonly target: Target
  /** Tag or digest to resolve; "" for the only manifest of a layout. */
  readonly within: string
}

/** The reference with the tag that is implied where none is written. */
export function tagged({ reference, text, within }: OpenedReference): string {
  return reference.tag === undefined && reference.digest === undefined && within !== "" ? `${text}:${within}` : text
}

/** A user and password that the command line gives, in place of Docker's configuration. */
export interface Login {
  readonly user: string
  readonly password: string
}

/** What all verbs allow to be said about registries. */
export interface RegistryAccess {
  readonly isPlainHttp: boolean
  /** PEM text. */
  readonly caCertificate?: string
  /** Default: what Docker's configuration and its helpers know. */
  readonly login?: Login
}

const maxCaBytes = 1024 * 1024

/** `--plain-http` and `--ca FILE`. Errors: ATT_USAGE_OPTION. */
export function registryAccessOf(options: Options): RegistryAccess {
  const ca = textOf(options, "ca")
  const isPlainHttp = isOn(options, "plainHttp")
  return ca === undefined ? { isPlainHttp } : { isPlainHttp, caCertificate: readSmallFile(ca, "--ca", maxCaBytes) }
}

/** A file that an option names, as text. Errors: ATT_USAGE_OPTION (absent, unreadable, larger than `limit` bytes). */
export function readSmallFile(path: string, option: string, limit: number): string {
  try {
    const { size } = statSync(path)
    if (size > limit) throw new Error(`it has ${size} bytes, and ${limit} are the most`)
    return readFileSync(path, "utf8")
  } catch (error) {
    throw errorFrom(error, "ATT_USAGE_OPTION", `${option}: ${path} cannot be read`, { facts: { path } })
  }
}

/**
 * Opens references, works with them, and closes all connections.
 *
 * Errors: ATT_OCI_REFERENCE, ATT_OCI_CREDENTIALS, ATT_CLI_INTERRUPTED, and those of the work.
 */
export async function withReferences<T>(
  texts: readonly string[],
  access: RegistryAccess,
  work: (opened: readonly OpenedReference[], signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const references = texts.map(parseReference)
  using client = createRegistryClient(clientOptions(references, access))
  const opened = references.map((reference): OpenedReference => {
    const { target, reference: within } = openTarget(reference, { client })
    return { reference, text: formatReference(reference), target, within }
  })
  return interruptible((signal) => work(opened, signal))
}

/** As {@link withReferences}, of one reference. */
export async function withReference<T>(
  text: string,
  access: RegistryAccess,
  work: (opened: OpenedReference, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return withReferences([text], access, ([opened], signal) =>
    opened === undefined ? unreachable("one reference gives one") : work(opened, signal),
  )
}

function clientOptions(references: readonly Reference[], access: RegistryAccess): RegistryClientOptions {
  const { isPlainHttp, caCertificate, login } = access
  const host = {
    ...(isPlainHttp ? { isPlainHttp } : {}),
    ...(caCertificate === undefined ? {} : { caCertificate }),
  }
  const registries = references.flatMap((reference) => (reference.kind === "registry" ? [reference.registry] : []))
  const credential = login === undefined ? undefined : passwordCredential(login.user, login.password)
  return {
    hosts: Object.fromEntries(registries.map((registry) => [registry, host])),
    credentials: credential === undefined ? createDockerCredentials() : async () => credential,
  }
}

/** A terminal and a parent (npm, the command under an old Node) may both pass on one Ctrl-C: so close together it is one. */
const oneSignalMs = 300

/** Does work that Ctrl-C and SIGTERM end; a second one, later, ends the process at once. Error: ATT_CLI_INTERRUPTED. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  // That it may be tried again keeps what has arrived in part.
  const interrupted = new AttacheError("ATT_CLI_INTERRUPTED", "interrupted", {
    retry: "now",
    hint: "the same command goes on with what has arrived",
  })
  let since: number | undefined
  const abort = (): void => {
    if (since !== undefined && performance.now() - since > oneSignalMs) process.exit(exitCodes.interrupted)
    since ??= performance.now()
    stop.abort(interrupted)
  }
  const signals = ["SIGINT", "SIGTERM"] as const
  for (const name of signals) process.on(name, abort)
  try {
    return await work(stop.signal)
  } catch (error) {
    throw stop.signal.aborted ? interrupted : error
  } finally {
    for (const name of signals) process.removeListener(name, abort)
  }
}
