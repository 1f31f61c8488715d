import { randomUUID } from "node:crypto"
import { linkSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs"
import { hostname } from "node:os"
import { AttacheError, type Clock, isProcessAlive } from "@attache/base"
import { removeIfThere } from "./layout-files.ts"

/** How a lock is waited for. */
export interface LockOptions {
  /** Longest wait, in milliseconds. Default 10 s. */
  readonly waitMs?: number
  /** Age from which a lock counts as left behind, in milliseconds; what it guards takes far less. Default 30 s. */
  readonly staleMs?: number
  readonly signal?: AbortSignal
  /** Default: the machine's, with timers that keep the process alive. */
  readonly clock?: Clock
}

/** Who waits within this process, by path: a queue costs less than files. */
const queues = new Map<string, Promise<unknown>>()

/**
 * Does something while nobody else does who asks for the same lock, in this process or another.
 *
 * The lock is a file that names its owner; one whose owner is dead, or that is old, is taken away.
 * Error: ATT_OCI_LAYOUT_LOCKED.
 */
export function withFileLock<T>(path: string, action: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const before = queues.get(path) ?? Promise.resolve()
  const run = before.then(() => lockedRun(path, action, options))
  const settled = run.then(
    () => {},
    () => {},
  )
  queues.set(path, settled)
  void settled.then(() => {
    if (queues.get(path) === settled) queues.delete(path)
  })
  return run
}

async function lockedRun<T>(path: string, action: () => Promise<T>, options: LockOptions): Promise<T> {
  const owner = `${hostname()} ${process.pid} ${randomUUID()}`
  await acquire(path, owner, options)
  try {
    return await action()
  } finally {
    // Another process may have found it too old.
    if (ownerOf(path) === owner) removeIfThere(path)
  }
}

async function acquire(path: string, owner: string, options: LockOptions): Promise<void> {
  const { waitMs = 10_000, signal, clock } = options
  const now = clock?.now ?? Date.now
  const end = now() + waitMs
  for (let pause = 2; ; pause = Math.min(100, pause * 2)) {
    signal?.throwIfAborted()
    if (create(path, owner)) return
    if (removeStale(path, options)) continue
    if (now() >= end) throw locked(path, ownerOf(path), waitMs)
    const ms = pause * (0.5 + Math.random() / 2)
    await new Promise<void>(
      (resolve) => void (clock === undefined ? setTimeout(resolve, ms) : clock.after(ms, resolve)),
    )
  }
}

function create(path: string, owner: string): boolean {
  try {
    writeFileSync(path, owner, { flag: "wx" })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false
    throw error
  }
}

function ownerOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return undefined
  }
}

/** Takes away a lock that nobody holds any more; true when it is worth trying again at once. */
function removeStale(path: string, { staleMs = 30_000, clock }: LockOptions): boolean {
  const owner = ownerOf(path)
  if (owner === undefined) return true
  const made = statSync(path, { throwIfNoEntry: false })
  if (made === undefined) return true
  const isOld = (clock?.now ?? Date.now)() - made.mtimeMs > staleMs
  if (!isOld && !isDead(owner)) return false
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
  } catch {
    return true
  }
  // Somebody may have taken the old one away and made this one since we looked.
  if (ownerOf(aside) !== owner) giveBack(aside, path)
  removeIfThere(aside)
  return true
}

function giveBack(aside: string, path: string): void {
  try {
    linkSync(aside, path)
  } catch {
    // A third one was faster.
  }
}

function isDead(owner: string): boolean {
  const [host, pid] = owner.split(" ")
  return host === hostname() && !isProcessAlive(Number(pid))
}

function locked(path: string, owner: string | undefined, waitMs: number): AttacheError {
  const [host = "", pid = ""] = owner?.split(" ") ?? []
  const text = `${path} has been held by process ${pid} on ${host} for more than ${waitMs / 1000} s`
  return new AttacheError("ATT_OCI_LAYOUT_LOCKED", text, { retry: "later", facts: { path } })
}
