// Tells when files may have changed. Folders are watched, and which ones is worked out again after every change.
import { type FSWatcher, type WatchListener, watch as watchFolder } from "node:fs"
import { type Clock, systemClock } from "@attache/base"
import { isWatched, type WatchedFolder, watchedFolders } from "./watched-folders.ts"

/** How files are followed. */
export interface WatchOptions {
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Called once for each folder that cannot be watched, such as when the system allows no more watches; the files are looked at every two seconds then. */
  readonly onTrouble?: (error: unknown) => void
  /** Watches one folder. Default: the system's. */
  readonly openWatch?: (folder: string, listener: WatchListener<string>) => FSWatcher
}

/** Pause after the last event before files are read again, in milliseconds: editors and ConfigMap swaps come in bursts. */
const settleMs = 20

/** Longest wait in a burst that does not end, in milliseconds. */
const longestBurstMs = 500

/** Pause between looks at folders that cannot be watched, in milliseconds. */
const pollMs = 2_000

/** Times the folders are worked out anew while they change under us; after that the next event has to do. */
const maxRounds = 10

/**
 * Calls when what paths stand for may have changed: saves in place or by rename, link swaps, folders that go and come back.
 *
 * The first call comes soon after the start, so a change between an earlier reading and the start of the watch is not
 * missed. Calls do not overlap with events: whoever reads in the call sees everything up to it.
 *
 * @returns a function that stops it; may be called twice
 */
export function watchResourcePaths(
  paths: readonly string[],
  onChange: () => void,
  options: WatchOptions = {},
): () => Promise<void> {
  const { clock = systemClock, openWatch = watchFolder } = options
  const watchers = new Map<string, FSWatcher>()
  let wanted: ReadonlyMap<string, WatchedFolder> = new Map()
  let burst: { readonly begun: number; cancel: () => void } | undefined
  const troubled = new Set<string>()
  let cancelPoll = (): void => {}
  let isStopped = false

  const touched = (): void => {
    if (isStopped) return
    const now = clock.now()
    const begun = burst?.begun ?? now
    burst?.cancel()
    burst = { begun, cancel: clock.after(Math.max(0, Math.min(settleMs, begun + longestBurstMs - now)), settled) }
  }
  const settled = (): void => {
    burst = undefined
    arm()
    onChange()
  }
  const open = (folder: string): boolean => {
    try {
      const watcher = openWatch(folder, (_event, name) => {
        const interest = wanted.get(folder)
        if (interest !== undefined && isWatched(interest, name)) touched()
      })
      watcher.on("error", touched)
      watchers.set(folder, watcher)
      return true
    } catch (error) {
      // A folder that is gone again is no trouble: its parent tells when it comes back.
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return true
      if (!troubled.has(folder)) options.onTrouble?.(error)
      troubled.add(folder)
      return false
    }
  }
  // Watches are opened anew each time, because one may stand on a folder that was replaced; old ones are closed only
  // after that, so nothing is missed in between.
  const arm = (): void => {
    const old = [...watchers.values()]
    watchers.clear()
    let isComplete = true
    wanted = watchedFolders(paths)
    for (let round = 0; round < maxRounds; round++) {
      for (const folder of wanted.keys()) if (!watchers.has(folder)) isComplete = open(folder) && isComplete
      const again = watchedFolders(paths)
      const isSettled = [...again].every(([folder, interest]) => isCovered(wanted.get(folder), interest))
      wanted = again
      if (isSettled) break
    }
    for (const watcher of old) watcher.close()
    cancelPoll()
    if (!isComplete) cancelPoll = clock.after(pollMs, touched)
  }

  arm()
  touched()
  return async () => {
    isStopped = true
    burst?.cancel()
    cancelPoll()
    for (const watcher of watchers.values()) watcher.close()
    watchers.clear()
  }
}

function isCovered(known: WatchedFolder | undefined, wanted: WatchedFolder): boolean {
  if (known === undefined) return false
  return known.names.isSupersetOf(wanted.names) && (known.isResourceFolder || !wanted.isResourceFolder)
}
