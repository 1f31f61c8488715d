import { type ChildProcess, spawn } from "node:child_process"
import type { Readable, Writable } from "node:stream"
import { messageOf } from "@attache/base"
import type { Environment } from "./cache-directory.ts"
import { failure } from "./failure.ts"

/** A process that ends when we end, however we end. */
export interface SupervisedProcess {
  readonly pid: number
  readonly stdout: Readable
  readonly stderr: Readable
  /** Fulfilled after the process ended and both outputs were read; never rejected. */
  readonly exit: Promise<ProcessExit>
  /** False when the process has ended already. */
  kill(signal: NodeJS.Signals): boolean
}

/** How a process ended: by its own code or by a signal. */
export interface ProcessExit {
  readonly code: number | undefined
  readonly signal: NodeJS.Signals | undefined
}

/** What is spawned. */
export interface SupervisedSpawnOptions {
  readonly env?: Environment
  /** Working directory. Default: ours. */
  readonly directory?: string
  /** Private directory of the run, for the named pipes of its outputs; the watcher removes it when we die without doing it. */
  readonly removeDirectory?: string
}

// Runs in a shell that then becomes the program: "$$" stays its process id. The watcher reads a pipe whose only other
// end is ours. A line means that the program ended in the ordinary way; the end of the pipe means that we are gone.
// Node's "pipes" are sockets, and a socket cannot be opened by its /dev/stdout, where access logs go by default: so the
// program writes into named pipes, copied to us. They are opened for both directions first: to open a pipe for reading
// waits for a writer, and who dies in between would leave the readers waiting for ever.
const watchScript = `
( if read -r line; then exit; fi
  kill "$$"
  n=0
  while [ "$n" -lt 20 ] && kill -0 "$$"; do sleep 0.1; n=$((n + 1)); done
  kill -9 "$$"
  [ -z "$1" ] || rm -rf -- "$1"
) <&3 >/dev/null 2>&1 &
if [ -n "$1" ] && mkfifo -m 600 "$1/stdout" "$1/stderr" 2>/dev/null; then
  exec 4<>"$1/stdout" 5<>"$1/stderr"
  cat <"$1/stdout" 3<&- 4<&- 5<&- &
  cat <"$1/stderr" >&2 3<&- 4<&- 5<&- &
  exec >"$1/stdout" 2>"$1/stderr" 4<&- 5<&-
fi
shift
exec "$@" 3<&-`

/**
 * Starts a program in its own session, with a watcher that ends it when our process dies, even by SIGKILL.
 *
 * The process id is the program's own. Its own session keeps a terminal's Ctrl-C away, so that we can drain it first.
 * The watcher sends SIGTERM, and SIGKILL 2 s later. Costs one `/bin/sh`, about a millisecond.
 *
 * @throws AttacheError ATT_ENVOY_START_FAILED
 */
export async function spawnSupervised(
  program: string,
  args: readonly string[],
  options: SupervisedSpawnOptions = {},
): Promise<SupervisedProcess> {
  const child = spawn("/bin/sh", ["-c", watchScript, "sh", options.removeDirectory ?? "", program, ...args], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.directory === undefined ? {} : { cwd: options.directory }),
  })
  const { pid, stdout, stderr } = child
  if (pid === undefined) throw await startFailure(child, program)
  if (stdout === null || stderr === null) throw new Error("a pipe is missing")
  const exit = new Promise<ProcessExit>((resolve) => {
    child.on("close", (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }))
  })
  const leash = leashOf(child)
  leash.on("error", () => undefined)
  // Before the process id can be used again, the watcher must know that there is nothing left to end.
  child.on("exit", () => leash.end("ended\n"))
  return { pid, stdout, stderr, exit, kill: (signal) => child.kill(signal) }
}

function leashOf(child: ChildProcess): Writable {
  const leash = child.stdio[3]
  if (leash === null || leash === undefined || !("write" in leash)) throw new Error("the watcher's pipe is missing")
  return leash
}

function startFailure(child: ChildProcess, program: string) {
  return new Promise<Error>((resolve) => {
    child.on("error", (error) => {
      resolve(
        failure("ATT_ENVOY_START_FAILED", `cannot start ${program}: ${messageOf(error)}`, {
          cause: error,
          facts: { path: program },
        }),
      )
    })
  })
}
