import type { Environment } from "./cache-directory.ts"
import { runCaptured } from "./captured-run.ts"
import { reasonOf } from "./envoy-reason.ts"
import { failure } from "./failure.ts"
import type { JsonObject } from "./json.ts"
import { logFormat, parseLogLine } from "./log-lines.ts"
import { createRunDirectory } from "./run-directory.ts"

/** What is judged and by which Envoy. */
export interface ValidateOptions {
  /** Path of the binary. */
  readonly path: string
  readonly bootstrap: JsonObject
  /** Whole environment of the process. Default ours. */
  readonly env?: Environment
  /** Milliseconds. Default 30 s. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** Envoy's judgement; `message` is its reason, in its words. */
export type BootstrapVerdict = { readonly ok: true } | { readonly ok: false; readonly message: string }

/**
 * Lets a real Envoy judge a bootstrap with `--mode validate`.
 *
 * Builds static clusters and listeners and loads their code and files; opens no port. What comes over xDS is not judged.
 *
 * @throws AttacheError ATT_ENVOY_START_FAILED when the binary cannot be run
 */
export async function validateBootstrap(options: ValidateOptions): Promise<BootstrapVerdict> {
  const directory = await createRunDirectory(options.bootstrap, "unix")
  try {
    const args = [
      "--mode",
      "validate",
      "--config-path",
      directory.bootstrapPath,
      "--disable-hot-restart",
      "--log-level",
      "error",
    ]
    const run = await runCaptured(options.path, [...args, "--log-format", logFormat], {
      timeoutMs: options.timeoutMs ?? 30_000,
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    options.signal?.throwIfAborted()
    if (run.errno !== undefined) {
      throw failure("ATT_ENVOY_START_FAILED", `cannot start ${options.path} (${run.errno})`, {
        facts: { path: options.path },
      })
    }
    return run.code === 0 ? { ok: true } : { ok: false, message: verdictOf(run.output, directory.bootstrapPath) }
  } finally {
    await directory.remove()
  }
}

function verdictOf(output: string, bootstrapPath: string): string {
  const reason = reasonOf(output.split("\n").map(parseLogLine), bootstrapPath)
  return reason === "" ? "Envoy was killed before it gave a verdict" : reason
}
