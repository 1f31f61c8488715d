import { accessSync, constants, mkdirSync } from "node:fs"
import { homedir, tmpdir } from "node:os"
import { join } from "node:path"
import { AttacheError } from "@attache/base"

/**
 * Folder for run state, modules and last good inputs; made with mode 0700.
 *
 * `ATTACHE_STATE_DIR`, else `$XDG_STATE_HOME/attache`, else `~/.local/state/attache`; a home that cannot be written gives a folder
 * of this user below the system's temporary one. Errors: ATT_STATE_DIRECTORY.
 */
export function stateDirectory(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const explicit = env.ATTACHE_STATE_DIR
  const home = env.XDG_STATE_HOME ?? join(homedir(), ".local", "state")
  const candidates =
    explicit === undefined
      ? [join(home, "attache"), join(tmpdir(), `attache-${process.getuid?.() ?? "user"}`)]
      : [explicit]
  let cause: unknown
  for (const folder of candidates) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      accessSync(folder, constants.W_OK)
      return folder
    } catch (error) {
      cause = error
    }
  }
  throw new AttacheError(
    "ATT_STATE_DIRECTORY",
    `no folder for run state: ${candidates.join(" and ")} cannot be written`,
    {
      cause,
      hint: "set ATTACHE_STATE_DIR to a folder you may write",
    },
  )
}
