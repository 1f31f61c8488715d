import { access, constants, stat } from "node:fs/promises"
import { delimiter, isAbsolute, join } from "node:path"
import type { Environment } from "./cache-directory.ts"

/** Every executable file of a name on the PATH, in its order; relative entries of the PATH are left out. */
export async function executablesOnPath(name: string, env: Environment = process.env): Promise<readonly string[]> {
  const directories = (env.PATH ?? "").split(delimiter).filter((directory) => isAbsolute(directory))
  const paths = [...new Set(directories)].map((directory) => join(directory, name))
  const found = await Promise.all(paths.map(async (path) => ((await isExecutable(path)) ? [path] : [])))
  return found.flat()
}

/** Whether a path is a regular file that this user may execute. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
