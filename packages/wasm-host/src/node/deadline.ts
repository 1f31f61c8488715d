import { Worker } from "node:worker_threads"
import { AttacheError, errorFrom } from "@attache/base"
import { type Mistake, mistake } from "../mistakes.ts"

/** How a script in a worker ended. */
export interface WorkerOutcome {
  /** `deadline`: it was still running and was ended. */
  readonly outcome: "done" | "deadline"
  /** What it posted, in order. */
  readonly messages: readonly unknown[]
  /** With `deadline`: what Envoy would have done. */
  readonly mistake?: Mistake
}

/** What to run and how long. */
export interface DeadlineOptions {
  /** Given to the script as `workerData`. */
  readonly data?: unknown
  /** Milliseconds after which the worker is ended, default 10 000. Counts anew with every message. */
  readonly deadlineMs?: number
  /** The same for the time before the first message, in which the script is loaded. Default `deadlineMs`. */
  readonly startMs?: number
  /** Largest heap of JavaScript in MiB, default 512. The module's memory is bounded by the host. */
  readonly heapMegabytes?: number
}

/**
 * Runs a script in a worker and ends it when it does not come back: the only way out of an endless loop inside a module.
 *
 * The script makes its host, posts what it finds with `parentPort.postMessage`, and returns. Rejects with
 * ATT_WASM_WORKER_FAILED when the script throws. Envoy has no such deadline: its worker hangs until it is killed.
 */
export function runWithDeadline(script: URL, options: DeadlineOptions = {}): Promise<WorkerOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<WorkerOutcome>()
  const messages: unknown[] = []
  const deadlineMs = options.deadlineMs ?? 10_000
  const worker = new Worker(script, {
    workerData: options.data,
    resourceLimits: { maxOldGenerationSizeMb: options.heapMegabytes ?? 512 },
  })
  const expire = (): void => {
    const found = mistake(
      "ATT_WASM_ENDLESS_CALL",
      script.pathname.split("/").at(-1) ?? "",
      "hangs its worker for good and has to be killed",
    )
    resolve({ outcome: "deadline", messages, mistake: found })
    void worker.terminate()
  }
  let timer = setTimeout(expire, options.startMs ?? deadlineMs)
  worker.on("message", (message: unknown) => {
    messages.push(message)
    clearTimeout(timer)
    timer = setTimeout(expire, deadlineMs)
  })
  worker.on("error", (error) => {
    clearTimeout(timer)
    reject(errorFrom(error, "ATT_WASM_WORKER_FAILED", "the script in the worker failed"))
  })
  worker.on("exit", (code) => {
    clearTimeout(timer)
    if (code === 0) resolve({ outcome: "done", messages })
    else reject(new AttacheError("ATT_WASM_WORKER_FAILED", `the worker ended with code ${code}`))
  })
  return promise
}
