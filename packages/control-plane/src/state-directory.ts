import { accessSync, constants, lstatSync, mkdirSync } from "node:fs"
import { homedir, tmpdir } from "node:os"
import { join } from "node:path"
import { AttacheError } from "@attache/base"

/**
 * Folder for run state, modules and last good inputs; made with mode 0700.
 *
 * `ATTACHE_STATE_DIR`, else `$XDG_STATE_HOME/attache`, else `~/.local/state/attache`; a home that cannot be written gives a
 * folder of this user below the system's temporary one. A folder of another user is never taken: in a shared temporary
 * directory anybody may have put it there. Errors: ATT_STATE_DIRECTORY.
 */
export function stateDirectory(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const explicit = env.ATTACHE_STATE_DIR
  const home = env.XDG_STATE_HOME ?? join(env.HOME ?? homedir(), ".local", "state")
  const temporary = join(env.TMPDIR ?? tmpdir(), `attache-${process.getuid?.() ?? "user"}`)
  const candidates = explicit === undefined ? [join(home, "attache"), temporary] : [explicit]
  let cause: unknown
  for (const folder of candidates) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      accessSync(folder, constants.W_OK)
      if (isOurs(folder) || explicit !== undefined) return folder
      cause = new Error(`${folder} belongs to another user or is a link`)
    } catch (error) {
      cause = error
    }
  }
  throw new AttacheError("ATT_STATE_DIRECTORY", `no folder for run state: ${candidates.join(" and ")} cannot be used`, {
    cause,
    hint: "set ATTACHE_STATE_DIR to a folder you may write",
  })
}

function isOurs(folder: string): boolean {
  const stat = lstatSync(folder)
  return stat.isDirectory() && (process.getuid === undefined || stat.uid === process.getuid())
}
