/** Which signal ended the wait. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP"

/** A terminal and a parent (npm, the command under an old Node) may both pass on one Ctrl-C: so close together it is one. */
const oneMs = 300

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP, when the parent that holds a channel to this process is gone
 * (as SIGHUP), or when `signal` aborts. A second signal, more than 0.3 s later, ends the process at once.
 */
export function untilStopped(signal?: AbortSignal): Promise<StopSignal | "aborted"> {
  return new Promise((resolve) => {
    const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const
    const stop = (name: StopSignal): void => {
      const since = performance.now()
      for (const other of names) {
        process.removeAllListeners(other)
        process.on(other, () => {
          if (performance.now() - since > oneMs) process.exit(130)
        })
      }
      resolve(name)
    }
    for (const name of names) process.once(name, () => stop(name))
    process.once("disconnect", () => stop("SIGHUP"))
    // Waiting for the parent's end keeps nothing alive.
    process.channel?.unref()
    signal?.addEventListener("abort", () => resolve("aborted"), { once: true })
  })
}
