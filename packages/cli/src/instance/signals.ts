/** Which signal ended the wait. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP"

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP, or when `signal` aborts. A second one ends the process at once.
 */
export function untilStopped(signal?: AbortSignal): Promise<StopSignal | "aborted"> {
  return new Promise((resolve) => {
    const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const
    const stop = (name: StopSignal): void => {
      for (const other of names) {
        process.removeAllListeners(other)
        process.once(other, () => process.exit(130))
      }
      resolve(name)
    }
    for (const name of names) process.once(name, () => stop(name))
    signal?.addEventListener("abort", () => resolve("aborted"), { once: true })
  })
}
