import type { ServerHttp2Session } from "node:http2"
import type { Clock } from "@attache/base"

/** How a connection is tried. */
export interface Keepalive {
  /** Milliseconds between an answer and the next question. */
  readonly everyMs: number
  /** Milliseconds in which a client must answer. */
  readonly answerMs: number
}

/** Asks a connection from time to time whether somebody is there, and ends it when nobody answers. */
export function keepAlive(session: ServerHttp2Session, clock: Clock, { everyMs, answerMs }: Keepalive): void {
  let cancel = (): void => {}
  const wait = (): void => {
    cancel = clock.after(everyMs, ask)
  }
  const ask = (): void => {
    cancel = clock.after(answerMs, () => session.destroy())
    session.ping((error) => {
      if (error !== null) return
      cancel()
      wait()
    })
  }
  session.on("close", () => cancel())
  wait()
}
