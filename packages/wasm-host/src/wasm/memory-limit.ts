import { joinBytes } from "../byte-string.ts"
import { createCursor, type ModuleLayout } from "./binary.ts"

/** A module whose memory cannot grow beyond a limit. */
export interface LimitedModule {
  readonly bytes: Uint8Array
  /** How far everything after the memory section moved; subtract it from offsets the engine reports. */
  readonly shift: number
}

/** Envoy's limit: 1 GiB in pages of 64 KiB. Source: proxy-wasm-cpp-host, `PROXY_WASM_HOST_MAX_WASM_MEMORY_SIZE_BYTES`. */
export const envoyMemoryPages = 16384

/**
 * Gives the memory of a module a maximum, so that growth beyond it fails inside the module as it does in Envoy.
 *
 * A smaller maximum of its own stays. A module that starts larger than the limit keeps its size; the engine refuses it.
 */
export function limitMemory(layout: ModuleLayout, pages: number): LimitedModule {
  const section = layout.sections.find(({ id }) => id === 5)
  if (section === undefined) return { bytes: layout.bytes, shift: 0 }
  const c = createCursor(layout.bytes, section.start, section.start + section.size)
  const count = c.u32()
  const flags = count === 1 ? c.byte() : 2
  if (flags > 1) return { bytes: layout.bytes, shift: 0 }
  const initial = c.u32()
  const maximum = Math.min(pages, flags === 1 ? c.u32() : pages)
  const content = [1, 1, ...leb(initial), ...leb(maximum)]
  const sizeLength = leb(section.size).length
  const head = layout.bytes.subarray(0, section.start - sizeLength)
  const tail = layout.bytes.subarray(section.start + section.size)
  if (head.at(-1) !== 5) return { bytes: layout.bytes, shift: 0 }
  const bytes = joinBytes([head, Uint8Array.from([...leb(content.length), ...content]), tail])
  return { bytes, shift: bytes.length - layout.bytes.length }
}

function leb(value: number): number[] {
  const out: number[] = []
  let rest = value
  do {
    const part = rest % 128
    rest = Math.floor(rest / 128)
    out.push(rest > 0 ? part + 128 : part)
  } while (rest > 0)
  return out
}
