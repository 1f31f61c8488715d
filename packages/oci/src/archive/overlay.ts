import { AttacheError } from "@attache/base"

/** What an overlay knows of a path. */
export interface OverlayNode {
  readonly kind: "file" | "folder"
  /** Layer that it is from, counted from 0. */
  readonly layer: number
  readonly size: number
  readonly mode: number
}

/** What adding an entry means for the files that are there already. */
export interface OverlayChange {
  /** Paths that are gone, files and folders, deepest first. */
  readonly removed: readonly string[]
  /** False for the marks that remove something and are nothing themselves. */
  readonly isKept: boolean
}

/**
 * Layers laid one over the other, as container images are, without the content.
 *
 * `.wh.NAME` removes NAME of the layers below, `.wh..wh..opq` all that they have in its folder, in whatever order the
 * layer names them. A path twice in one layer is refused. Source: OCI image specification 1.1, "Whiteouts".
 */
export interface Overlay {
  /** What is added from now on is of the next layer. */
  beginLayer(): void
  /** Error: ATT_ARCHIVE_DUPLICATE. */
  add(path: string, node: Omit<OverlayNode, "layer">): OverlayChange
  /** All that is there, sorted by path in byte order. */
  entries(): readonly (readonly [path: string, node: OverlayNode])[]
}

interface Branch {
  node: OverlayNode
  readonly children: Map<string, Branch>
}

const mark = ".wh."
const opaqueMark = ".wh..wh..opq"

/** An overlay with nothing in it. */
export function createOverlay(): Overlay {
  const root = branch({ kind: "folder", layer: 0, size: 0, mode: 0o755 })
  let layer = 0
  let marks = new Set<string>()

  function remove(path: string, parts: readonly string[]): OverlayChange {
    if (marks.has(path)) throw duplicate(path)
    marks.add(path)
    const name = parts.at(-1) ?? ""
    const folder = find(root, parts.slice(0, -1))
    if (folder === undefined || (name.startsWith(`${mark}${mark}`) && name !== opaqueMark)) return nothing
    const prefix = path.slice(0, path.length - name.length)
    const names = name === opaqueMark ? [...folder.children.keys()] : [name.slice(mark.length)]
    return { removed: names.flatMap((each) => prune(folder, each, prefix, layer)), isKept: false }
  }

  return {
    beginLayer() {
      layer++
      marks = new Set()
    },
    add(path, node) {
      const parts = path.split("/")
      if (parts.at(-1)?.startsWith(mark) === true) return remove(path, parts)
      const removed: string[] = []
      let at = root
      for (const [index, part] of parts.entries()) {
        const isLast = index === parts.length - 1
        const here = parts.slice(0, index + 1).join("/")
        const wanted = isLast ? { ...node, layer } : { kind: "folder" as const, layer, size: 0, mode: 0o755 }
        const next = at.children.get(part)
        if (next === undefined || clashes(next.node, wanted, here)) {
          if (next !== undefined) removed.push(...pruneAll(next, here))
          const grown = branch(wanted)
          at.children.set(part, grown)
          at = grown
        } else {
          next.node = isLast ? wanted : { ...next.node, layer }
          at = next
        }
      }
      return { removed, isKept: true }
    },
    entries: () => [...listed(root, "")].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  }
}

const nothing: OverlayChange = { removed: [], isKept: false }

function branch(node: OverlayNode): Branch {
  return { node, children: new Map() }
}

/** Whether what is there must go first. Two folders become one; else a lower layer gives way and the same one may not. */
function clashes(there: OverlayNode, wanted: OverlayNode, path: string): boolean {
  if (there.kind === "folder" && wanted.kind === "folder") return false
  if (there.layer === wanted.layer) throw duplicate(path)
  return true
}

function find(from: Branch, parts: readonly string[]): Branch | undefined {
  let at: Branch | undefined = from
  for (const part of parts) at = at?.children.get(part)
  return at
}

/** Removes what lower layers have at a name; folders in which something of this layer is stay. */
function prune(parent: Branch, name: string, prefix: string, layer: number): readonly string[] {
  const target = parent.children.get(name)
  if (target === undefined) return []
  const path = prefix + name
  const removed = [...target.children.keys()].flatMap((each) => prune(target, each, `${path}/`, layer))
  if (target.node.layer === layer || target.children.size > 0) return removed
  parent.children.delete(name)
  return [...removed, path]
}

function pruneAll(target: Branch, path: string): readonly string[] {
  return [...[...target.children].flatMap(([name, child]) => pruneAll(child, `${path}/${name}`)), path]
}

function* listed(at: Branch, prefix: string): Generator<readonly [string, OverlayNode]> {
  for (const [name, child] of at.children) {
    yield [prefix + name, child.node]
    yield* listed(child, `${prefix}${name}/`)
  }
}

function duplicate(path: string): AttacheError {
  return new AttacheError("ATT_ARCHIVE_DUPLICATE", `the archive holds ${path} twice, or as file and as folder`, {
    facts: { path },
  })
}
