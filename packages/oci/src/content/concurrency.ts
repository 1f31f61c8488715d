/** Runs actions, no more than so many at the same time; the others wait in the order they came. */
export function createLimiter(limit: number): <T>(action: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let free = Math.max(1, limit)
  return async (action) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve))
    else free--
    try {
      return await action()
    } finally {
      // A place goes from hand to hand, so nobody who comes later takes it.
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    }
  }
}
