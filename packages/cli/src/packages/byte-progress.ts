import type { CopyEvent } from "@attache/oci"

/** Where progress is written to, and the time. */
export interface ProgressOutput {
  readonly isTerminal: boolean
  /** In characters, on a terminal. */
  readonly columns: number
  readonly write: (text: string) => void
  /** In milliseconds. */
  readonly now: () => number
}

/** Progress of a transfer of several pieces. */
export interface ByteProgress {
  readonly onEvent: (event: CopyEvent) => void
  /** Takes the moving line away. */
  readonly end: () => void
}

/** How often a bar moves, and from when and how often lines are written elsewhere, in milliseconds. */
const pace = { barMs: 100, firstLineMs: 1_000, lineMs: 5_000 } as const

/** Standard error. */
export const standardProgress: ProgressOutput = {
  isTerminal: process.stderr.isTTY === true,
  // A terminal that knows no width says 0.
  columns: process.stderr.columns || 80,
  write: (text) => process.stderr.write(text),
  // Steady as `performance.now`, without what that loads: a millisecond of every start.
  now: () => process.uptime() * 1000,
}

/**
 * Shows how many bytes have been transferred: a bar on a terminal; elsewhere a line after a second, and then every five.
 *
 * What was there already counts as transferred, for nobody waits for it.
 */
export function createByteProgress(label: string, output: ProgressOutput = standardProgress): ByteProgress {
  const pieces = new Map<string, { readonly size: number; readonly bytes: number }>()
  const begun = output.now()
  let shown = output.isTerminal ? begun - pace.barMs : begun + pace.firstLineMs - pace.lineMs
  let isOpen = false
  const show = (): void => {
    const now = output.now()
    if (now - shown < (output.isTerminal ? pace.barMs : pace.lineMs)) return
    shown = now
    const all = [...pieces.values()]
    const sum = (count: (piece: { readonly size: number; readonly bytes: number }) => number): number =>
      all.reduce((total, piece) => total + count(piece), 0)
    const [bytes, total] = [sum((piece) => piece.bytes), sum((piece) => piece.size)]
    if (output.isTerminal) output.write(`\r\x1b[K${barOf(label, bytes, total, output.columns)}`)
    else output.write(`${label}: ${formatMegabytes(bytes)} of ${formatMegabytes(total)} MB\n`)
    isOpen = output.isTerminal
  }
  return {
    onEvent: ({ kind, descriptor, bytes }) => {
      const arrived = kind === "done" ? descriptor.size : kind === "found" ? 0 : bytes
      pieces.set(descriptor.digest, { size: descriptor.size, bytes: Math.min(arrived, descriptor.size) })
      show()
    },
    end: () => {
      if (isOpen) output.write("\r\x1b[K")
      isOpen = false
    },
  }
}

const barWidth = 24

function barOf(label: string, bytes: number, total: number, columns: number): string {
  const filled = total === 0 ? 0 : Math.floor((bytes / total) * barWidth)
  const bar = `[${"=".repeat(filled)}${" ".repeat(barWidth - filled)}]`
  const amount = `${formatMegabytes(bytes)} of ${formatMegabytes(total)} MB`
  // A line that wraps could not be taken away again.
  return `${label} ${bar} ${amount}`.slice(0, Math.max(0, columns - 1))
}

/** Bytes in millions with one decimal. */
function formatMegabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1)
}
