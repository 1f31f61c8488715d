// Where to look so that no change of what paths stand for is missed: folders, never files, because a file that is
// replaced takes the watch on it along.
import { lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs"
import { join, parse, resolve, sep } from "node:path"
import { isResourceFile } from "./resource-files.ts"

/** Names that matter in a folder. */
export interface WatchedFolder {
  /** Entries on the way to something we read: files, folders, links. */
  readonly names: ReadonlySet<string>
  /** True when every resource file in it matters. */
  readonly isResourceFolder: boolean
}

/** Links followed at most on one way; the operating system's own limit. */
const maxLinks = 40

/**
 * Folders to watch for paths, with the names that matter in each.
 *
 * For a path that exists: every folder on the way with the name of the next, links followed, and the folder itself when
 * it is one. For one that is missing: as far as there are folders, and the name that would bring us further.
 */
export function watchedFolders(paths: readonly string[]): ReadonlyMap<string, WatchedFolder> {
  const found = new Map<string, { names: Set<string>; isResourceFolder: boolean }>()
  const note = (folder: string, name: string | undefined): void => {
    const known = found.get(folder) ?? { names: new Set(), isResourceFolder: false }
    if (name === undefined) known.isResourceFolder = true
    else known.names.add(name)
    found.set(folder, known)
  }
  for (const path of paths) {
    const folder = walk(resolve(path), note, maxLinks)
    if (folder === undefined) continue
    note(folder, undefined)
    for (const link of linksIn(folder)) walk(join(folder, link), note, maxLinks)
  }
  return found
}

/** Whether an event in a folder can mean a change. `name` is absent where the platform does not tell. */
export function isWatched(folder: WatchedFolder, name: string | null): boolean {
  return name === null || folder.names.has(name) || (folder.isResourceFolder && isResourceFile(name))
}

/** Follows a path component by component. Gives the real folder it ends in, or undefined for a file or a missing path. */
function walk(path: string, note: (folder: string, name: string) => void, linksLeft: number): string | undefined {
  const { root } = parse(path)
  const names = path
    .slice(root.length)
    .split(sep)
    .filter((name) => name !== "")
  let folder = root
  for (const [index, name] of names.entries()) {
    const next = join(folder, name)
    const stat = lstatOf(next)
    note(folder, name)
    if (stat === undefined) return undefined
    if (stat.isSymbolicLink()) {
      const target = readlinkOf(next)
      if (target === undefined || linksLeft === 0) return undefined
      return walk(join(resolve(folder, target), ...names.slice(index + 1)), note, linksLeft - 1)
    }
    if (!stat.isDirectory()) return undefined
    folder = next
  }
  return folder
}

function linksIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isSymbolicLink() && isResourceFile(entry.name))
      .map(({ name }) => name)
  } catch {
    return []
  }
}

function lstatOf(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch {
    return undefined
  }
}

function readlinkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
