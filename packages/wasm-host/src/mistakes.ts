import type { Diagnostic } from "@attache/base"
import { codes, type WasmHostCode } from "./codes.ts"
import { printFrame, type Trap } from "./trap.ts"

/** A mistake of the plugin that Envoy punishes or hides: what it is, what Envoy would do, and the cure. */
export interface Mistake extends Diagnostic {
  readonly code: WasmHostCode
  /** Callback or host call in which it was seen. */
  readonly where: string
  /** What a real Envoy does about it. */
  readonly envoy: string
  /** Whether Envoy's process dies of it. */
  readonly isCrash: boolean
}

/** Thrown where Envoy's process would have died; the host cannot go on as Envoy did not. */
export class EnvoyCrash extends Error {
  readonly mistake: Mistake

  constructor(mistake: Mistake) {
    super(mistake.message)
    this.name = "EnvoyCrash"
    this.mistake = mistake
  }
}

/** Envoy's end when a response is continued that does not exist yet. */
export function continuedEarly({ report }: { report(found: Mistake): void }): EnvoyCrash {
  const where = "proxy_continue_stream"
  const found = mistake("ATT_WASM_CONTINUE_RESPONSE_EARLY", where, "1.40 dies with a segmentation fault", true)
  report(found)
  return new EnvoyCrash(found)
}

/** Envoy's end when the response of a call-out is read that nobody was called for. */
export function callResponseGone(where: string): EnvoyCrash {
  return new EnvoyCrash(mistake("ATT_WASM_CALL_RESPONSE_GONE", where, "1.40 dies with a segmentation fault", true))
}

/** Envoy's end when a stream is touched that is over. @param report told of the mistake */
export function streamIsOver({ report }: { report(found: Mistake): void }, where: string): EnvoyCrash {
  const found = mistake("ATT_WASM_STREAM_IS_OVER", where, "1.40 dies with a segmentation fault", true)
  report(found)
  return new EnvoyCrash(found)
}

/** The end of a module that hands the host more than it takes; Envoy takes all there is. */
export function tooMuchData(where: string): EnvoyCrash {
  return new EnvoyCrash(
    mistake("ATT_WASM_TOO_MUCH_DATA", where, "1.40 knows no limit and takes the machine's memory", true),
  )
}

/** The end of a module whose events never stop. */
export function endlessEvents(): EnvoyCrash {
  return new EnvoyCrash(
    mistake("ATT_WASM_ENDLESS_EVENTS", "events", "1.40 keeps its worker busy with them for good", true),
  )
}

/** A trap in a callback or other export. */
export function trapped({ where, error, frames }: Trap): Mistake {
  const found = mistake("ATT_WASM_TRAPPED", where, "1.40 fails the VM, and with it every stream on its thread")
  const [inner] = frames
  return { ...found, message: `${found.message} (${error}${inner === undefined ? "" : ` at ${printFrame(inner)}`})` }
}

/** A mistake out of the table of codes. @param envoy what a real Envoy does */
export function mistake(code: WasmHostCode, where: string, envoy: string, isCrash = false): Mistake {
  const { cause, cure } = codes[code]
  return {
    code,
    where,
    envoy,
    isCrash,
    severity: isCrash ? "error" : "warning",
    message: `${where}: ${cause}; Envoy ${envoy}`,
    hint: cure,
  }
}
