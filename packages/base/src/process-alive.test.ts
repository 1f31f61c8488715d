import { spawn } from "node:child_process"
import { expect, it } from "vitest"
import { isProcessAlive } from "./process-alive.ts"

it("knows a process that runs from one that has ended, and from what is none", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" })
  const pid = child.pid ?? 0
  expect([isProcessAlive(process.pid), isProcessAlive(pid)]).toEqual([true, true])
  const ended = new Promise((resolve) => child.once("exit", resolve))
  child.kill("SIGKILL")
  await ended
  expect([pid, 0, -1, Number.NaN, 1.5].map(isProcessAlive)).toEqual([false, false, false, false, false])
})
