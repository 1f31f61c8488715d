// How long others have to wait for a turn of the event loop.

/** Watches every turn until it is stopped; costs some CPU, so not while that is measured. */
export interface Turns {
  /** Ends; gives the most CPU that the main thread used from one turn to the next, in milliseconds. */
  stop(): number
}

/** Begins at once. CPU of the thread, not time: what else runs on the machine does not count. */
export function watchTurns(): Turns {
  let longest = 0
  let isStopped = false
  let last = threadMs()
  const turn = (): void => {
    const now = threadMs()
    longest = Math.max(longest, now - last)
    last = now
    if (!isStopped) setTimeout(() => setImmediate(turn), 1)
  }
  turn()
  return {
    stop: () => {
      isStopped = true
      return Math.max(longest, threadMs() - last)
    },
  }
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
