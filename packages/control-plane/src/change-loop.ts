// One thing at a time: changes that come while an earlier one is worked on are worked on together afterwards.

/** Works on changes in order of arrival. */
export interface ChangeLoop<R extends string> {
  /** Asks for a run; resolves when a run that began after this call has ended. Never rejects. */
  request(reason: R): Promise<void>
  /** Resolves when the present run has ended; what was asked for meanwhile, and later, is dropped. */
  close(): Promise<void>
}

/**
 * A loop over one function.
 *
 * @param run gets the reasons since the last run began; must not reject
 */
export function createChangeLoop<R extends string>(run: (reasons: ReadonlySet<R>) => Promise<void>): ChangeLoop<R> {
  let reasons = new Set<R>()
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  let isClosed = false
  const begin = (): Promise<void> => {
    next = undefined
    if (isClosed) return Promise.resolve()
    const asked = reasons
    reasons = new Set()
    const ended = (): void => {
      if (running === own) running = undefined
    }
    const own = run(asked).then(ended, ended)
    running = own
    return own
  }
  return {
    request: (reason) => {
      if (isClosed) return Promise.resolve()
      reasons.add(reason)
      if (next !== undefined) return next
      next = running === undefined ? Promise.resolve().then(begin) : running.then(begin)
      return next
    },
    close: async () => {
      isClosed = true
      await running
    },
  }
}
