import { open, readFile, rm, stat, utimes } from "node:fs/promises"
import { hostname } from "node:os"
import { setTimeout as pause } from "node:timers/promises"
import { isProcessAlive } from "@attache/base"
import { errnoOf, failure, writeFailure } from "./failure.ts"

/** How long to wait for another process, and what to do meanwhile. */
export interface InstallLockOptions {
  /** Milliseconds to wait for the other process. Default ten minutes. Longer: ATT_ENVOY_LOCKED. */
  readonly waitMs?: number
  /** Called once when another process holds the lock. */
  readonly onWait?: () => void
  readonly signal?: AbortSignal
}

/**
 * Runs `work` while a lock file exists, so that two processes do not fetch the same thing at once.
 *
 * A lock left by a process that died is taken over: its process is gone, or it was not touched for 30 s. The lock saves
 * work and no more: what is installed appears by rename, so two that enter together do no harm.
 *
 * @throws AttacheError ATT_ENVOY_LOCKED
 */
export async function withInstallLock<T>(
  path: string,
  work: () => Promise<T>,
  options: InstallLockOptions = {},
): Promise<T> {
  const deadline = performance.now() + (options.waitMs ?? 600_000)
  let told = false
  while (!(await takeLock(path))) {
    if (await isAbandoned(path)) {
      await rm(path, { force: true })
      continue
    }
    if (performance.now() > deadline) {
      throw failure("ATT_ENVOY_LOCKED", `another process holds ${path}`, { facts: { path }, retry: "later" })
    }
    if (!told) options.onWait?.()
    told = true
    await pause(25, undefined, options.signal === undefined ? {} : { signal: options.signal })
  }
  const touch = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), 5_000)
  touch.unref()
  try {
    return await work()
  } finally {
    clearInterval(touch)
    await rm(path, { force: true })
  }
}

async function takeLock(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx")
    await file.writeFile(`${process.pid} ${hostname()}\n`)
    await file.close()
    return true
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false
    throw writeFailure(error, path)
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > 30_000) return true
    const [pid, host] = (await readFile(path, "utf8")).trim().split(" ")
    return host === hostname() && /^\d+$/.test(pid ?? "") && !isProcessAlive(Number(pid))
  } catch {
    return false
  }
}
