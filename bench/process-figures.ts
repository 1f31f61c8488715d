// What a process has used, as Linux tells of it.
import { readFileSync } from "node:fs"

/** Milliseconds of a clock tick in /proc; 100 a second on every Linux that Node runs on. */
const tickMs = 10

/** CPU that a process has used so far, in milliseconds. */
export function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? []
  return (Number(fields[11]) + Number(fields[12])) * tickMs
}

/** Memory that a process holds of its own, without files it has mapped, in MiB. */
export function memoryMiBOf(pid: number): number {
  const kiB = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
  return Number(kiB) / 1024
}
