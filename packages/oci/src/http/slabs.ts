// Memory that arriving bytes are written to, used again once its last holder says so: otherwise each megabyte is garbage, and
// collecting it costs as much as hashing it.

/** Length of a slab, in bytes. */
export const slabBytes = 1024 * 1024

/** Slabs kept for later, in the whole process. */
const maxFree = 4

/** A part of memory with the number of its pieces that somebody may still read. */
interface Slab {
  readonly bytes: Uint8Array
  lent: number
  isFull: boolean
}

const free: Uint8Array[] = []
const loans = new WeakMap<Uint8Array, { readonly slab: Slab; holders: number }>()

/** Says that one more reads a piece, and will give it back. Other bytes are left alone. */
export function hold(piece: Uint8Array): void {
  const loan = loans.get(piece)
  if (loan !== undefined) loan.holders++
}

/**
 * Says that a holder does not read a piece any more; after the last one its memory may be written to. Other bytes are left alone.
 *
 * For the very piece that came. Pieces that nobody gives back are collected like other garbage.
 */
export function giveBack(piece: Uint8Array): void {
  const loan = loans.get(piece)
  if (loan === undefined || --loan.holders > 0) return
  loans.delete(piece)
  loan.slab.lent--
  release(loan.slab)
}

function release({ bytes, lent, isFull }: Slab): void {
  if (isFull && lent === 0 && bytes.length === slabBytes && free.length < maxFree) free.push(bytes)
}

/**
 * Slabs that are filled one after the other and lent in pieces. The last one is not used again where the end is not known: it
 * may still be written to.
 */
export interface Slabs {
  /** Where the next bytes are written; never empty while more may come. */
  room(): Uint8Array
  /** Counts bytes that were written. */
  fill(count: number): void
  /** What was written and not lent yet, in bytes. */
  waiting(): number
  /** The next piece; undefined when nothing waits. */
  take(): Uint8Array | undefined
}

/** Slabs for one reader. @param most bytes that will come; default: not known */
export function createSlabs(most = Number.POSITIVE_INFINITY): Slabs {
  const ready: Uint8Array[] = []
  let slab: Slab | undefined
  let [from, at, waiting, left] = [0, 0, 0, most]
  const cut = (): void => {
    if (slab === undefined || at === from) return
    const piece = slab.bytes.subarray(from, at)
    loans.set(piece, { slab, holders: 1 })
    slab.lent++
    ready.push(piece)
    from = at
  }
  const leave = (): void => {
    cut()
    if (slab === undefined) return
    slab.isFull = true
    release(slab)
  }
  return {
    room: () => {
      if (slab === undefined || slab.bytes.length - at < Math.min(slabBytes / 4, left)) {
        leave()
        const own = left < slabBytes ? Buffer.allocUnsafeSlow(left) : free.pop()
        slab = { bytes: own ?? Buffer.allocUnsafeSlow(slabBytes), lent: 0, isFull: false }
        from = at = 0
      }
      return slab.bytes.subarray(at)
    },
    fill: (count) => {
      at += count
      waiting += count
      left -= count
      if (left === 0) leave()
    },
    waiting: () => waiting,
    take: () => {
      if (ready.length === 0) cut()
      const piece = ready.shift()
      waiting -= piece?.length ?? 0
      return piece
    },
  }
}
