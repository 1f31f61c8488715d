// Work that is done one after the other, and again after a pause where it failed.
import type { Clock } from "@attache/base"

/** Things that wait to be looked into, by identifier. */
export interface Inquiries<T> {
  /** Has a thing looked into soon, in place of one of the same identifier that waits. */
  add(id: string, what: T): void
  /** Takes out what waits, for its turn or for another attempt; what is being looked into goes on. */
  forget(id: string): void
  isWorking(): boolean
  /** Resolves when nothing is looked into. Further attempts may still be due. */
  settled(): Promise<void>
  /** Starts nothing more and waits for what is being looked into. */
  close(): Promise<void>
}

/** How things are looked into. */
export interface InquiriesOptions<T> {
  readonly lookInto: (what: T) => Promise<void>
  /** Called when that failed; whether another attempt may help. */
  readonly onFailure: (error: unknown, what: T) => Promise<boolean>
  readonly clock: Clock
}

/** Pause before the second attempt, in milliseconds; it doubles. */
const retryMs = 500

/** Most times that one thing is looked into; adding it begins anew. */
const maxAttempts = 7

/** Nothing waits yet. */
export function createInquiries<T>({ lookInto, onFailure, clock }: InquiriesOptions<T>): Inquiries<T> {
  const waiting = new Map<string, { readonly what: T; readonly attempt: number }>()
  const later = new Map<string, () => void>()
  let working: Promise<void> | undefined
  let isClosed = false
  const tryAgain = (id: string, what: T, attempt: number): void => {
    if (attempt >= maxAttempts || isClosed || waiting.has(id)) return
    const cancel = clock.after(retryMs * 2 ** (attempt - 1), () => {
      later.delete(id)
      waiting.set(id, { what, attempt })
      start()
    })
    later.set(id, cancel)
  }
  const work = async (): Promise<void> => {
    for (const [id, { what, attempt }] of waiting) {
      waiting.delete(id)
      if (isClosed) return
      try {
        await lookInto(what)
      } catch (error) {
        if (await onFailure(error, what)) tryAgain(id, what, attempt + 1)
      }
    }
  }
  const start = (): void => {
    if (working !== undefined || isClosed) return
    working = work().finally(() => {
      working = undefined
      if (waiting.size > 0) start()
    })
  }
  const forget = (id: string): void => {
    waiting.delete(id)
    later.get(id)?.()
    later.delete(id)
  }
  return {
    add: (id, what) => {
      forget(id)
      waiting.set(id, { what, attempt: 0 })
      start()
    },
    forget,
    isWorking: () => working !== undefined,
    settled: async () => {
      while (working !== undefined) await working
    },
    close: async () => {
      isClosed = true
      for (const cancel of later.values()) cancel()
      await working
    },
  }
}
