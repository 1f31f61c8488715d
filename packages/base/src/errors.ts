/** When the operation that failed may be tried again: not at all, after a pause, or at once. */
export type Retry = "never" | "later" | "now"

/** Facts and cause of an {@link AttacheError}; facts are printed, so they never hold secrets. */
export interface AttacheErrorOptions {
  /** Default `never`. */
  readonly retry?: Retry
  readonly cause?: unknown
  /** What the message is about (`url`, `path`, `digest`, `port`), for machines. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>
  /** What the user can do, one sentence, lower case, no full stop. */
  readonly hint?: string
}

const marker = Symbol.for("attache.error")

/**
 * Failure of the world outside: network, disk, a peer, a missing program.
 *
 * Wrong user input is a {@link Diagnostic} and our own mistakes are plain errors; neither is one of these.
 * The code is `ATT_<AREA>_<WHAT>` and never changes its meaning.
 */
export class AttacheError extends Error {
  readonly code: string
  readonly retry: Retry
  readonly facts: Readonly<Record<string, string | number | boolean>>
  readonly hint: string | undefined

  constructor(code: string, message: string, options: AttacheErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = "AttacheError"
    this.code = code
    this.retry = options.retry ?? "never"
    this.facts = options.facts ?? {}
    this.hint = options.hint
    Object.defineProperty(this, marker, { value: true })
  }
}

/** Whether a value is an {@link AttacheError}, also when two copies of this package are loaded. */
export function isAttacheError(value: unknown): value is AttacheError {
  return typeof value === "object" && value !== null && marker in value
}

/**
 * Funnel for anything caught at a boundary: an {@link AttacheError} passes through, everything else is wrapped.
 *
 * @param code code for a value that has none of its own
 * @param prefix what was being done, put before the cause's message
 */
export function errorFrom(
  value: unknown,
  code: string,
  prefix: string,
  options: AttacheErrorOptions = {},
): AttacheError {
  if (isAttacheError(value)) return value
  return new AttacheError(code, `${prefix}: ${messageOf(value)}`, { ...options, cause: value })
}

/**
 * The message of anything that was thrown; never throws itself and is never empty.
 *
 * Node hides the reason in two places: a connection that failed on every address is an `AggregateError` without text,
 * and `fetch` says `fetch failed` and keeps the reason as its cause. Both are unfolded.
 */
export function messageOf(value: unknown): string {
  if (value instanceof AggregateError && value.message === "") {
    const messages = new Set(value.errors.map(messageOf))
    return messages.size === 0 ? value.name : [...messages].join("; ")
  }
  if (value instanceof Error) {
    if (value.message === "fetch failed" && value.cause !== undefined) return `fetch failed: ${messageOf(value.cause)}`
    return value.message === "" ? value.name : value.message
  }
  try {
    return String(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}

/** For a branch that cannot be reached unless we are wrong. Always throws a plain `Error`. */
export function unreachable(what: string): never {
  throw new Error(`unreachable: ${what}`)
}
