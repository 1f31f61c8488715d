import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { access, mkdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { isRunning, untilGone } from "../test/processes.ts"
import { temporaryDirectory } from "../test/temporary-directory.ts"
import { spawnSupervised } from "./supervised-spawn.ts"

const script = fileURLToPath(new URL("../test/run-and-hang.ts", import.meta.url))

function childrenOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")
}

describe("spawnSupervised", () => {
  it("runs the program itself, with its own process id, arguments and outputs", async () => {
    const child = await spawnSupervised("/bin/sh", ["-c", 'echo "$$ $1"; echo err >&2; exit 7', "sh", "a 'b"])
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
    expect([out, err]).toEqual([`${child.pid} a 'b\n`, "err\n"])
    expect(await child.exit).toEqual({ code: 7, signal: undefined })
    expect(child.kill("SIGTERM")).toBe(false)
  })

  it("tells the signal that ended it", async () => {
    const child = await spawnSupervised("/bin/sleep", ["60"])
    child.stdout.resume()
    child.stderr.resume()
    expect(child.kill("SIGKILL")).toBe(true)
    expect(await child.exit).toEqual({ code: undefined, signal: "SIGKILL" })
  })

  it.skipIf(process.platform !== "linux")("leaves nothing that waits when it is killed while it starts", async () => {
    await using temporary = await temporaryDirectory()
    for (let n = 0; n < 80; n++) {
      const directory = join(temporary.path, String(n))
      await mkdir(directory)
      const child = await spawnSupervised("/bin/sleep", ["60"], { removeDirectory: directory })
      child.stdout.resume()
      child.stderr.resume()
      // The watcher, and both that copy: the shell is about to become the program.
      while (childrenOf(child.pid).length < 3);
      child.kill("SIGKILL")
      // Fulfilled when nobody holds the outputs any more.
      await child.exit
    }
  })

  it.skipIf(process.platform !== "linux")("keeps a terminal's signals away by a process group of its own", async () => {
    const child = await spawnSupervised("/bin/sleep", ["60"])
    child.stdout.resume()
    child.stderr.resume()
    // After the name in parentheses: state, parent, process group. Source: proc(5).
    const stat = await readFile(`/proc/${child.pid}/stat`, "utf8")
    expect(Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2])).toBe(child.pid)
    child.kill("SIGKILL")
    await child.exit
  })

  it.each([
    ["the usual way", ["/bin/sleep", "600"]],
    ["without heeding SIGTERM", ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 1; done"]],
  ])(
    "ends the program and removes its directory when we are killed, %s",
    { timeout: 20_000 },
    async (_name, command) => {
      await using temporary = await temporaryDirectory()
      const directory = join(temporary.path, "run")
      await mkdir(directory)
      const parent = spawn(process.execPath, [script, directory, ...command], { stdio: ["ignore", "pipe", "inherit"] })
      const [chunk] = await once(parent.stdout, "data")
      const pid = Number(String(chunk))
      expect(await isRunning(pid)).toBe(true)
      parent.kill("SIGKILL")
      await untilGone(pid)
      for (;;)
        if (
          !(await access(directory).then(
            () => true,
            () => false,
          ))
        )
          break
    },
  )
})
