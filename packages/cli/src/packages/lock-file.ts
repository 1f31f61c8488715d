// attache.lock: which content a tag meant when it was last taken.
import { randomUUID } from "node:crypto"
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { AttacheError, type Diagnostic, errorFrom } from "@attache/base"
import { isDigest } from "@attache/oci"
import { isOn, type Options, textOf } from "../options.ts"

/** What a tag meant. */
export interface LockedPackage {
  /** Of the manifest or index that the tag named. */
  readonly digest: string
  /** sha256 digest of the file that the proxy loads, by platform: `linux/amd64`, or `any`. */
  readonly modules: Readonly<Record<string, string>>
}

/** Packages by reference, with tag. */
export type Lock = Readonly<Record<string, LockedPackage>>

/** A lock file and what it holds. */
export interface LockFile {
  readonly path: string
  readonly lock: Lock
}

/** The name by which the file is found in the folder where the command is run. */
export const lockName = "attache.lock"

const limits = { bytes: 4 * 1024 * 1024, packages: 10_000, modules: 100 } as const

/**
 * The lock of the command: `--lock-file FILE`, else `attache.lock` where it is there, and a new one with `--lock`.
 *
 * Errors: ATT_LOCK_FILE.
 */
export function openLock(options: Options): LockFile | undefined {
  const named = textOf(options, "lockFile")
  const path = named ?? lockName
  if (existsSync(path)) return { path, lock: readLock(path) }
  return named !== undefined || isOn(options, "lock") ? { path, lock: {} } : undefined
}

function readLock(path: string): Lock {
  try {
    const { size } = statSync(path)
    if (size > limits.bytes) throw new Error(`it has more than ${limits.bytes} bytes`)
    return parseLock(readFileSync(path, "utf8"))
  } catch (error) {
    throw errorFrom(error, "ATT_LOCK_FILE", `${path} cannot be read`, {
      hint: "restore it from version control, or remove it and lock anew",
      facts: { path },
    })
  }
}

/** A lock from its text. Throws an error that names the member that is wrong. */
export function parseLock(text: string): Lock {
  const document: unknown = JSON.parse(text)
  if (!isObject(document)) throw new Error("it is no JSON object")
  if (document.version !== 1) throw new Error("its version is not 1")
  const { packages } = document
  if (!isObject(packages)) throw new Error("packages is no object")
  const entries = Object.entries(packages)
  if (entries.length > limits.packages) throw new Error(`it has more than ${limits.packages} packages`)
  return Object.fromEntries(entries.map(([reference, entry]) => [reference, packageFrom(reference, entry)]))
}

function packageFrom(reference: string, entry: unknown): LockedPackage {
  const where = `packages[${JSON.stringify(reference)}]`
  if (!isObject(entry) || !isObject(entry.modules)) throw new Error(`${where} has no digest and modules`)
  const modules = Object.entries(entry.modules)
  if (modules.length > limits.modules) throw new Error(`${where} has more than ${limits.modules} modules`)
  const digest = digestIn(entry.digest, `${where}.digest`)
  return {
    digest,
    modules: Object.fromEntries(modules.map(([platform, each]) => [platform, digestIn(each, `${where}.modules`)])),
  }
}

function digestIn(value: unknown, where: string): string {
  if (typeof value === "string" && isDigest(value)) return value
  throw new Error(`${where} is no digest`)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** The text of a lock: one form for one content, so that version control shows what changed. */
export function formatLock(lock: Lock): string {
  const packages = sorted(
    Object.entries(lock).map(([reference, { digest, modules }]) => [
      reference,
      { digest, modules: sorted(Object.entries(modules)) },
    ]),
  )
  return `${JSON.stringify({ version: 1, packages }, undefined, 2)}\n`
}

function sorted<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** A lock in which a tag means some content; modules of further platforms join those of the same content. */
export function lockWith(lock: Lock, reference: string, taken: LockedPackage): Lock {
  const before = Object.hasOwn(lock, reference) ? lock[reference] : undefined
  const modules = before?.digest === taken.digest ? { ...before.modules, ...taken.modules } : taken.modules
  return { ...lock, [reference]: { digest: taken.digest, modules } }
}

/**
 * Notes in the file what a tag means now; what others noted there meanwhile stays.
 *
 * The file is written whole or not at all, and left alone when it says so already. Errors: ATT_LOCK_FILE.
 */
export function noteInLock({ path }: LockFile, reference: string, taken: LockedPackage): void {
  const before = existsSync(path) ? readLock(path) : {}
  const text = formatLock(lockWith(before, reference, taken))
  if (existsSync(path) && text === formatLock(before)) return
  const aside = `${path}.${randomUUID()}`
  try {
    writeFileSync(aside, text)
    renameSync(aside, path)
  } catch (error) {
    rmSync(aside, { force: true })
    throw errorFrom(error, "ATT_LOCK_FILE", `${path} cannot be written`, { facts: { path } })
  }
}

/** The finding that a tag means something else than the lock says, or undefined. Code: ATT_LOCK_MOVED. */
export function movedTag({ path, lock }: LockFile, reference: string, digest: string): Diagnostic | undefined {
  const locked = Object.hasOwn(lock, reference) ? lock[reference] : undefined
  if (locked === undefined || locked.digest === digest) return undefined
  return {
    code: "ATT_LOCK_MOVED",
    severity: "error",
    file: path,
    message: `update: ${reference} was ${locked.digest} and is ${digest} now`,
    hint: "take it with --update, or name the locked digest instead of the tag",
  }
}

/** Refuses a module that is not the locked one, where the content is. Error: ATT_LOCK_MODULE. */
export function checkLockedModule({ path, lock }: LockFile, reference: string, taken: LockedPackage): void {
  const locked = Object.hasOwn(lock, reference) ? lock[reference] : undefined
  if (locked === undefined || locked.digest !== taken.digest) return
  for (const [platform, module] of Object.entries(taken.modules)) {
    const expected = Object.hasOwn(locked.modules, platform) ? locked.modules[platform] : undefined
    if (expected === undefined || expected === module) continue
    throw new AttacheError(
      "ATT_LOCK_MODULE",
      `${path} has the module of ${reference} as ${expected}, and it is ${module}`,
      {
        hint: "find out who changed the lock file",
        facts: { reference, platform },
      },
    )
  }
}
