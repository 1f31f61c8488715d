import { spawn } from "node:child_process"
import { AttacheError } from "@attache/base"
import type { Environment, Step } from "./toolchain.ts"

/** What a program wrote, and how it ended. */
export interface StepResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Longest output of a compiler that is kept, in characters; the end of it. */
const outputLimit = 256 * 1024

/**
 * Runs a program to its end.
 *
 * @throws AttacheError ATT_BUILD_TIMEOUT after `timeoutMs`; the program and what it started are killed
 */
export async function runStep(step: Step, env: Environment, timeoutMs: number): Promise<StepResult> {
  const child = spawn(step.command, step.args, {
    cwd: step.folder,
    env: { ...env, ...step.env },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: compilers start others.
    detached: true,
  })
  const kill = (): void => {
    try {
      process.kill(-(child.pid ?? 0), "SIGKILL")
    } catch {
      // It has ended meanwhile.
    }
  }
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    kill()
  }, timeoutMs)
  process.once("exit", kill)
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
  const code = await new Promise<number>((resolve) => {
    child.on("error", () => resolve(127))
    child.on("close", (status) => resolve(status ?? 1))
  })
  clearTimeout(timer)
  process.removeListener("exit", kill)
  if (isLate)
    throw new AttacheError("ATT_BUILD_TIMEOUT", `${step.command} did not end within ${timeoutMs / 1000} s`, {
      hint: "give it more time with --timeout, or see what it waits for by running it by hand",
    })
  return { code, stdout: stdout(), stderr: stderr() }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ""
  stream.setEncoding("utf8")
  stream.on("data", (chunk: string) => {
    text = (text + chunk).slice(-outputLimit)
  })
  return () => text
}
