/** One block of a PEM text. */
export interface PemBlock {
  /** As in its first line: `CERTIFICATE`, `PRIVATE KEY`. */
  readonly type: string
  /** Base64 without white space. */
  readonly body: string
}

/**
 * Blocks of a PEM text, in order. Those whose lines do not decode are left out, as is all that stands between blocks; the
 * text may be anything and is gone through once.
 */
export function pemBlocks(text: string): readonly PemBlock[] {
  const found: PemBlock[] = []
  const begin = /^-----BEGIN ([^\n-]+)-----[ \t]*\r?\n/gm
  let end = -1
  for (let match = begin.exec(text); match !== null; match = begin.exec(text)) {
    const { 0: line, 1: type = "", index } = match
    const start = index + line.length
    // From the line's own end on, for a block may be empty.
    if (end < start - 1) end = text.indexOf("\n-----END ", start - 1)
    if (end < 0) break
    const last = `\n-----END ${type}-----`
    if (!text.startsWith(last, end)) continue
    const body = text
      .slice(start, end + 1)
      .replace(headers, "")
      .replace(/\s+/g, "")
    if (isBase64(body)) found.push({ type, body })
    begin.lastIndex = end + last.length
  }
  return found
}

/** Lines such as `Proc-Type: 4,ENCRYPTED` and the empty one behind them. */
const headers = /^(?:[^\n:]+:[^\n]*\n)+\r?\n/

/** The same block as a text, in lines of 64 characters, with an end of line at the end. */
export function pemText({ type, body }: PemBlock): string {
  return `-----BEGIN ${type}-----\n${(body.match(/.{1,64}/g) ?? []).join("\n")}\n-----END ${type}-----\n`
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
}
