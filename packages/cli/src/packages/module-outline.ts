// What a module says of itself, kept while its bytes pass by: code, and what others put beside it, are most of a module.

/** Bytes of a module as they come, of which only those are kept that inspection reads. */
export interface ModuleOutline {
  readonly write: (piece: Uint8Array) => void
  /** As long as the module, with zeros where nothing was kept; memory that was never written costs none. */
  readonly bytes: Uint8Array
}

/** Bytes kept of code, data and custom sections: where code is counted, and where compilers and SDKs leave their traces. */
const keptBytes = { code: 16, data: 8 * 1024 * 1024, custom: 8 * 1024 * 1024 } as const

/** The custom section whose end counts as much as its beginning: its own name, with its length before. */
const nameSection = Buffer.from("\u0004name")

/** An outline with nothing in it. @param size of the module, in bytes */
export function createModuleOutline(size: number): ModuleOutline {
  const bytes = Buffer.alloc(size)
  /** Bytes before it are kept, behind those of it up to `end` they are not. */
  let keptTo = 8
  let end = 8
  let at = 0
  // Of a section's head and the first bytes of its content.
  let head: number[] = []
  const openSection = (): void => {
    const section = readHead(head)
    if (section === undefined) return
    const start = at - head.length + section.headBytes
    end = start + section.size
    keptTo = Math.min(end, start + kept(section.id, head.slice(section.headBytes)))
    head = []
  }
  return {
    bytes,
    write(piece) {
      for (let from = 0; from < piece.length && at < size; ) {
        if (at >= end) {
          // Between sections: byte by byte, each of which is kept.
          const byte = piece[from] ?? 0
          bytes[at] = byte
          head.push(byte)
          at++
          from++
          openSection()
          continue
        }
        const length = Math.min(piece.length - from, end - at, size - at)
        if (at < keptTo) bytes.set(piece.subarray(from, from + Math.min(length, keptTo - at)), at)
        at += length
        from += length
      }
    },
  }
}

interface SectionHead {
  readonly id: number
  readonly size: number
  readonly headBytes: number
}

/** Bytes of a section that are needed to know what to keep of it; undefined while there are too few. */
function readHead(head: readonly number[]): SectionHead | undefined {
  const [id = 0, ...rest] = head
  const last = rest.findIndex((byte) => byte < 0x80)
  if (last < 0 && rest.length < 5) return undefined
  const count = last < 0 ? 5 : last + 1
  const size = rest.slice(0, count).reduce((sum, byte, index) => sum + (byte & 0x7f) * 2 ** (7 * index), 0)
  const section = { id, size, headBytes: 1 + count }
  const isTold = id !== 0 || size < nameSection.length || rest.length - count >= nameSection.length
  return isTold ? section : undefined
}

function kept(id: number, begin: readonly number[]): number {
  if (id === 10) return keptBytes.code
  if (id === 11) return keptBytes.data
  if (id !== 0) return Number.POSITIVE_INFINITY
  return nameSection.equals(Buffer.from(begin)) ? Number.POSITIVE_INFINITY : keptBytes.custom
}
