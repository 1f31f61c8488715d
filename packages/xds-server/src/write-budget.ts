import type { Clock } from "@attache/base"

/**
 * Bounds the bytes that are being written to all clients together.
 *
 * A thousand proxies that connect at once would otherwise each get their own copy of the whole state into memory at the same
 * moment. A client that reads slowly must not hold up the others, so what it has not taken after a while no longer counts; it
 * still holds no more than one message.
 */
export interface WriteBudget {
  /** Whether something may be written now. If not, `resume` is called once when it may. */
  admits(resume: () => void): boolean
  /** Notes bytes that are being written; the result is called when they are, once or more. */
  take(bytes: number): () => void
}

/**
 * @param limitBytes more may be under way by one message
 * @param patienceMs how long a message counts
 */
export function createWriteBudget(clock: Clock, limitBytes = 8 * 1024 * 1024, patienceMs = 250): WriteBudget {
  const waiting = new Set<() => void>()
  const writing = new Set<{ readonly bytes: number; readonly since: number }>()
  let used = 0
  let hasTimer = false
  const release = (entry: { readonly bytes: number }): void => {
    used -= entry.bytes
    while (used < limitBytes && waiting.size > 0) {
      const [next] = waiting
      if (next === undefined) break
      waiting.delete(next)
      next()
    }
  }
  const expire = (): void => {
    hasTimer = false
    for (const entry of writing) if (clock.now() - entry.since >= patienceMs && writing.delete(entry)) release(entry)
    watch()
  }
  /** A timer runs only while somebody waits. */
  const watch = (): void => {
    if (hasTimer || waiting.size === 0) return
    hasTimer = true
    clock.after(patienceMs, expire)
  }
  return {
    admits: (resume) => {
      if (used < limitBytes) return true
      waiting.add(resume)
      watch()
      return false
    },
    take: (bytes) => {
      const entry = { bytes, since: clock.now() }
      writing.add(entry)
      used += bytes
      return () => {
        if (writing.delete(entry)) release(entry)
      }
    },
  }
}
