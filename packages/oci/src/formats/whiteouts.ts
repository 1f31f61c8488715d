/** What layers above hide of the layers below them; for a search from the top down. */
export interface Whiteouts {
  /** Notes a path of the layer that is read. */
  note(path: string, kind: "file" | "folder"): void
  /** The next layer below is read from now on. */
  goDown(): void
  /** Whether a path of the layer that is read is hidden by those above. */
  hides(path: string): boolean
}

const mark = ".wh."
const opaqueMark = ".wh..wh..opq"

/** Nothing is hidden at first. Source: OCI image specification 1.1, "Whiteouts". */
export function createWhiteouts(): Whiteouts {
  const gone = new Set<string>()
  const emptied = new Set<string>()
  /** Where layers above have a folder, a file below is replaced by it. */
  const folders = new Set<string>()
  let noted: (() => unknown)[] = []
  return {
    note(path, kind) {
      const slash = path.lastIndexOf("/")
      const [folder, base] = [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)]
      if (base === opaqueMark) noted.push(() => emptied.add(folder))
      else if (base.startsWith(mark)) noted.push(() => gone.add(join(folder, base.slice(mark.length))))
      else {
        noted.push(() => (kind === "file" ? gone : folders).add(path))
        for (const each of prefixesOf(folder)) noted.push(() => folders.add(each))
      }
    },
    goDown() {
      for (const apply of noted) apply()
      noted = []
    },
    hides(path) {
      if (emptied.has("") || folders.has(path)) return true
      const upTo = prefixesOf(path)
      return upTo.some((each) => gone.has(each)) || upTo.slice(0, -1).some((each) => emptied.has(each))
    },
  }
}

/** A path and all folders above it, the outermost first; none of "". */
function prefixesOf(path: string): readonly string[] {
  const parts = path === "" ? [] : path.split("/")
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"))
}

function join(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`
}
