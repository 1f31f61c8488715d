import { setTimeout as pause } from "node:timers/promises"
import type { AdminClient } from "./admin.ts"
import type { ProcessExit } from "./supervised-spawn.ts"

/** How long an Envoy may take to end. */
export interface StopOptions {
  /**
   * Milliseconds that requests in flight may take to end; 0 ends at once. Default 5 s.
   *
   * No connection is accepted meanwhile, and answers tell clients to close.
   */
  readonly drainMs?: number
  /** Milliseconds from SIGTERM to SIGKILL. Default 5 s. */
  readonly killAfterMs?: number
}

/** What can be stopped. */
export interface Stoppable {
  readonly admin: AdminClient
  readonly exit: Promise<ProcessExit>
  kill(signal: NodeJS.Signals): boolean
}

/** Drains an Envoy, then SIGTERM, then SIGKILL. Never rejected: an admin interface that does not answer is passed over. */
export async function stopEnvoy(envoy: Stoppable, options: StopOptions = {}): Promise<ProcessExit> {
  const drainMs = options.drainMs ?? 5_000
  const ended = envoy.exit.then(() => undefined)
  if (drainMs > 0) await Promise.race([ended, drain(envoy.admin, drainMs).catch(() => undefined)])
  envoy.kill("SIGTERM")
  const deadline = setTimeout(() => envoy.kill("SIGKILL"), options.killAfterMs ?? 5_000)
  try {
    return await envoy.exit
  } finally {
    clearTimeout(deadline)
  }
}

/**
 * Stops accepting, asks clients to close and waits until no HTTP request is active, at most `timeoutMs`.
 *
 * @throws AttacheError when the admin interface fails
 */
export async function drain(admin: AdminClient, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs
  // The first makes answers say "connection: close" and HTTP/2 go away; the second closes the listening sockets.
  await admin.drainListeners({ graceful: true, skipExit: true })
  await admin.drainListeners()
  while ((await activeRequests(admin)) > 0 && performance.now() < deadline) await pause(10)
}

/** HTTP requests that are being answered, over all connection managers but the admin interface's own. */
export async function activeRequests(admin: AdminClient): Promise<number> {
  const stats = await admin.stats({ filter: "^http\\..*downstream_rq_active$" })
  let active = 0
  for (const [name, value] of stats) if (!name.startsWith("http.admin.")) active += value
  return active
}
