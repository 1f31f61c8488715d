import { readFile } from "node:fs/promises"
import { setTimeout as pause } from "node:timers/promises"

/** Waits until a process has ended; one that only waits to be reaped counts as ended. The test's own limit bounds it. */
export async function untilGone(pid: number): Promise<void> {
  while (await isRunning(pid)) await pause(5)
}

/** Whether a process runs. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined)
  if (stat === undefined) return process.platform !== "linux"
  return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2))
}
