// Processes by their parents, as Linux tells of them.
import { readdirSync, readFileSync } from "node:fs"

/** Processes below one, nearest first. */
export function descendants(pid: number): readonly number[] {
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = /\) \S (\d+) /.exec(readFileSync(`/proc/${name}/stat`, "utf8"))?.[1]
        return Number(parent) === pid ? [Number(name)] : []
      } catch {
        return []
      }
    })
  return children.flatMap((child) => [child, ...descendants(child)])
}

/** Gone, or dead and not yet collected by its new parent. */
export function isGone(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"))
  } catch {
    return true
  }
}

/** The name of a process; empty when it is gone. */
export function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim()
  } catch {
    return ""
  }
}

/** The process of a name below another; throws when there is none. */
export function childOf(pid: number, name: string): number {
  const found = descendants(pid).find((each) => nameOf(each) === name && !isGone(each))
  if (found === undefined) throw new Error(`${pid} has no ${name}`)
  return found
}
