import { type Clock, isAttacheError } from "@attache/base"

/** How often and after which pauses something is tried. */
export interface RetryOptions {
  /** Attempts in all. Default 5. */
  readonly attempts?: number
  /** Pause before the second attempt, doubled for each further one up to {@link longestPauseMs}, in milliseconds. Default 500. */
  readonly pauseMs?: number
  /** Longest pause, also where the peer asks for a longer one, in milliseconds. Default 60 s. */
  readonly longestPauseMs?: number
  readonly signal?: AbortSignal
  /** Default: the machine's. */
  readonly clock?: Clock
  /** In [0, 1). Default `Math.random`. */
  readonly random?: () => number
}

/**
 * Fact `reason` of errors that no short pause cures: a name that does not exist (a resolver that does not answer says
 * `EAI_AGAIN`), and a certificate that is not to be trusted. Source: Node's `dns` and `tls` error codes.
 */
const lasting =
  /^(?:ENOTFOUND|CERT_\w+|ERR_TLS_CERT_\w+|UNABLE_TO_\w+|(?:DEPTH_ZERO_)?SELF_SIGNED_CERT\w*|INVALID_(?:CA|PURPOSE)|HOSTNAME_MISMATCH)$/

/** Retries with pauses that a peer may lengthen. */
export interface Attempts {
  /** Waits before the next attempt, or throws the error when it is final or lasting, or the last attempt is over. */
  after(error: unknown): Promise<void>
  /** Begins to count anew, because something was achieved. */
  renew(): void
}

/** Counts attempts of one piece of work. */
export function createAttempts(options: RetryOptions = {}): Attempts {
  const { attempts = 5, pauseMs = 500, longestPauseMs = 60_000, signal, random = Math.random } = options
  let made = 0
  return {
    after: async (error) => {
      signal?.throwIfAborted()
      made++
      if (!isAttacheError(error) || error.retry === "never" || made >= attempts) throw error
      // It may be put right, but not while somebody waits.
      if (lasting.test(String(error.facts.reason))) throw error
      // Half of it by chance: those who failed together do not come back together.
      const own = error.retry === "now" ? 0 : Math.min(pauseMs * 2 ** (made - 1), longestPauseMs) * (0.5 + random() / 2)
      const wanted = error.facts.retryAfterMs
      const pause = typeof wanted === "number" ? Math.max(own, Math.min(wanted, longestPauseMs)) : own
      await sleep(pause, options)
    },
    renew: () => {
      made = 0
    },
  }
}

/** Does something until it succeeds, fails for good, or the attempts are over; then the last error comes out. */
export async function retrying<T>(action: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const attempts = createAttempts(options)
  for (;;) {
    try {
      return await action()
    } catch (error) {
      await attempts.after(error)
    }
  }
}

/**
 * The pause that a peer asks for by `Retry-After`, in milliseconds: seconds, or a date.
 *
 * Source: RFC 9110 section 10.2.3. Undefined when it asks for none or what it says is neither.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000
  const date = /[A-Za-z]/.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** Waits; ends early with the signal's reason. */
function sleep(ms: number, { signal, clock }: RetryOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      cancel()
      reject(signal?.reason)
    }
    const done = (): void => {
      signal?.removeEventListener("abort", abort)
      resolve()
    }
    const cancel = clock === undefined ? timer(ms, done) : clock.after(ms, done)
    signal?.addEventListener("abort", abort, { once: true })
  })
}

/** Unlike the system clock's timers one that keeps the process alive: a command between two attempts has nothing else. */
function timer(ms: number, done: () => void): () => void {
  const handle = setTimeout(done, ms)
  return () => clearTimeout(handle)
}
