import { spawn } from "node:child_process"
import type { Environment } from "./cache-directory.ts"
import { errnoOf } from "./failure.ts"

/** How a program is run and how much of its talk is kept. */
export interface CapturedRunOptions {
  readonly env?: Environment
  readonly directory?: string
  /** Milliseconds after which the program is killed. Default ten minutes. */
  readonly timeoutMs?: number
  /** Kills the program. */
  readonly signal?: AbortSignal
  /** Largest output kept, in bytes, of both streams together; the end is kept. Default 64 KiB. */
  readonly limitBytes?: number
}

/** How a program ended. */
export interface CapturedRun {
  /** Exit code; undefined when it was killed or could not be started. */
  readonly code?: number
  /** `errno` name when it could not be started. */
  readonly errno?: string
  /** End of standard output and standard error as they came. */
  readonly output: string
}

/** Runs a program without a shell and without input, and gives the end of what it said. Never throws. */
export function runCaptured(
  program: string,
  args: readonly string[],
  options: CapturedRunOptions = {},
): Promise<CapturedRun> {
  const limit = options.limitBytes ?? 65_536
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.timeoutMs ?? 600_000,
      killSignal: "SIGKILL",
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.directory === undefined ? {} : { cwd: options.directory }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    let output = Buffer.alloc(0)
    let errno: string | undefined
    const keep = (chunk: Buffer) => {
      output = Buffer.concat([output, chunk])
      if (output.length > limit) output = output.subarray(output.length - limit)
    }
    child.stdout.on("data", keep)
    child.stderr.on("data", keep)
    const end = (code: number | null) =>
      resolve({
        output: output.toString("utf8"),
        ...(code === null ? {} : { code }),
        ...(errno === undefined ? {} : { errno }),
      })
    child.on("error", (error) => {
      errno = errnoOf(error) ?? "unknown"
      if (child.pid === undefined) end(null)
    })
    child.on("close", end)
  })
}
