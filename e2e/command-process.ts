// The command over a folder that outlives it: started, killed and started again.
import { spawn } from "node:child_process"
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { buildIfStale } from "./gateway-under-test.ts"

const command = join(import.meta.dirname, "..", "packages", "cli", "bin", "attache.mjs")

/** A folder of resource files, with a folder for the state beside it. */
export interface Place extends Disposable {
  readonly folder: string
  readonly state: string
  /** Folder for temporary files. Default: the system's. */
  readonly temporary?: string
  /** Replaces a file at once: nobody reads a part of it. */
  write(file: string, text: string): void
}

/** A running command. */
export interface CommandProcess extends AsyncDisposable {
  readonly pid: number
  /** All that it said so far. */
  output(): string
  /** Resolves when it has said something that fits; rejects when it ends before. */
  said(text: RegExp): Promise<void>
  /** Sends a signal, waits for the end and gives the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

/** A place with files in it. @param state where the state is kept; default: a folder of its own */
export function createPlace(files: Readonly<Record<string, string>>, state?: string): Place {
  const root = mkdtempSync(join(tmpdir(), "attache-place-"))
  const write = (file: string, text: string): void => {
    const path = join(root, file)
    writeFileSync(`${path}.new`, text)
    renameSync(`${path}.new`, path)
  }
  for (const [file, text] of Object.entries(files)) write(file, text)
  return {
    folder: root,
    state: state ?? join(root, ".state"),
    write,
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** Starts a verb over a place. */
export function startCommand(
  { folder, state, temporary }: Place,
  verb: "run" | "serve",
  ...args: readonly string[]
): CommandProcess {
  buildIfStale()
  const child = spawn(process.execPath, [command, verb, "-f", folder, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ATTACHE_STATE_DIR: state,
      NO_COLOR: "1",
      ...(temporary === undefined ? {} : { TMPDIR: temporary }),
    },
  })
  let text = ""
  const looks = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8")
      for (const look of looks) look()
    })
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve))
  const end = (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal)
    return ended
  }
  return {
    pid: child.pid ?? 0,
    output: () => text,
    said: (wanted) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!wanted.test(text)) return
          looks.delete(look)
          resolve()
        }
        looks.add(look)
        look()
        void ended.then((code) => reject(new Error(`ended with ${code}, not saying ${wanted}:\n${text}`)))
      }),
    end,
    [Symbol.asyncDispose]: async () => void (await end("SIGINT")),
  }
}
