import { randomUUID } from "node:crypto"
import { link, readFile, rename, stat, unlink, writeFile } from "node:fs/promises"
import { hostname } from "node:os"
import { AttacheError, type Clock, isProcessAlive } from "@attache/base"

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
    if ((await ownerOf(path)) === owner) await unlink(path).catch(() => {})
  }
}

async function acquire(path: string, owner: string, options: LockOptions): Promise<void> {
  const { waitMs = 10_000, signal, clock } = options
  const now = clock?.now ?? Date.now
  const end = now() + waitMs
  for (let pause = 2; ; pause = Math.min(100, pause * 2)) {
    signal?.throwIfAborted()
    if (await create(path, owner)) return
    if (await removeStale(path, options)) continue
    if (now() >= end) throw locked(path, await ownerOf(path), waitMs)
    const ms = pause * (0.5 + Math.random() / 2)
    await new Promise<void>(
      (resolve) => void (clock === undefined ? setTimeout(resolve, ms) : clock.after(ms, resolve)),
    )
  }
}

async function create(path: string, owner: string): Promise<boolean> {
  try {
    await writeFile(path, owner, { flag: "wx" })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false
    throw error
  }
}

async function ownerOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined)
}

/** Takes away a lock that nobody holds any more; true when it is worth trying again at once. */
async function removeStale(path: string, { staleMs = 30_000, clock }: LockOptions): Promise<boolean> {
  const owner = await ownerOf(path)
  if (owner === undefined) return true
  const made = await stat(path).catch(() => undefined)
  if (made === undefined) return true
  const isOld = (clock?.now ?? Date.now)() - made.mtimeMs > staleMs
  if (!isOld && !isDead(owner)) return false
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch {
    return true
  }
  // Somebody may have taken the old one away and made this one since we looked.
  if ((await ownerOf(aside)) !== owner) await link(aside, path).catch(() => {})
  await unlink(aside).catch(() => {})
  return true
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
