import { accessSync, constants, existsSync, statSync } from "node:fs"
import { delimiter, join } from "node:path"
import { AttacheError } from "@attache/base"

/** Variables of the environment. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A program to run. */
export interface Step {
  readonly command: string
  readonly args: readonly string[]
  readonly folder: string
  /** Added to the environment. */
  readonly env?: Environment
}

/** What compiles a project, and the file it leaves. */
export interface CompilePlan {
  readonly step: Step
  readonly result: string
}

/** An error about something that is not installed. */
export function missing(what: string, cure: string): AttacheError {
  return new AttacheError("ATT_BUILD_TOOLCHAIN", what, { hint: cure })
}

/** Absolute path of a program on the PATH; undefined when it is not there. */
export function programOnPath(name: string, env: Environment): string | undefined {
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const path = join(folder, name)
    if (folder !== "" && isProgram(path)) return path
  }
  return undefined
}

/** Whether a file is there that may be run. */
export function isProgram(path: string): boolean {
  if (!existsSync(path) || !statSync(path).isFile()) return false
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
