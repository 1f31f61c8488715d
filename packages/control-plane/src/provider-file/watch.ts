import { dirname, resolve } from "node:path"
import { type Clock, systemClock } from "@attache/base"
import { watch as watchPaths } from "chokidar"

/** Pause after the last event before files are read again, in milliseconds: editors and ConfigMap swaps come in bursts. */
const settleMs = 20

/**
 * Calls when anything below the paths may have changed: saves, renames, link swaps, deleted and re-created folders.
 *
 * @returns a function that stops it; resolves when nothing is watched any more
 */
export function watchResourcePaths(paths: readonly string[], onChange: () => void, clock: Clock = systemClock): () => Promise<void> {
  // The parent is watched too, so that a path that does not exist yet, or goes and comes back, is seen.
  const wanted = new Set(paths.map((path) => resolve(path)))
  const roots = new Set([...wanted].flatMap((path) => [path, dirname(path)]))
  let cancel: (() => void) | undefined
  const touched = (): void => {
    cancel?.()
    cancel = clock.after(settleMs, onChange)
  }
  const watcher = watchPaths([...roots], {
    ignoreInitial: true,
    depth: 1,
    followSymlinks: true,
    ignored: (path, stats) => stats?.isDirectory() === true && !roots.has(path) && !path.includes("/..") && !wanted.has(dirname(path)),
  })
  watcher.on("all", touched)
  watcher.on("error", touched)
  return async () => {
    cancel?.()
    await watcher.close()
  }
}
