// A Wasm guest that does what its configuration says: serve, refuse to be configured, or break off in one way or another.
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { compiledGuest } from "./compiled-guest.ts"

type Document = Readonly<Record<string, unknown>>

/**
 * What a guest does. `good` serves. `refuses` and `dies` fail when they are configured, which Envoy refuses; the others are
 * accepted: `breaks` gives its reason and `falls` gives none, at the first request; `ticks` falls by itself a little later.
 */
export type Mood = "good" | "refuses" | "dies" | "breaks" | "falls" | "ticks"

/** The guest, offered for download. */
export interface MoodyGuest extends AsyncDisposable {
  /** Entry of a policy. */
  entry(mood: Mood, rest?: Document): Document
}

const source = `
import { Action, registerRoot, RootContext, StreamContext } from "@attache/wasm-sdk/assembly"

class Moody extends RootContext {
  mood: string = ""
  onConfigure(configuration: string): bool {
    this.mood = configuration.slice(1, configuration.length - 1)
    assert(this.mood != "dies", "told to die")
    if (this.mood == "ticks") this.setTickPeriod(50)
    return this.mood != "refuses"
  }
  onTick(): void {
    unreachable()
  }
  createStream(): StreamContext {
    return new Stream(this)
  }
}

class Stream extends StreamContext {
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const mood = (this.root as Moody).mood
    if (mood == "falls") unreachable()
    assert(mood != "breaks", "told to break")
    this.requestHeaders.set("x-mood", mood)
    return Action.Continue
  }
}

registerRoot("moody", (): RootContext => new Moody())
`

/** Serves the guest on a loopback port. */
export async function startMoodyGuest(): Promise<MoodyGuest> {
  const bytes = await compiledGuest(source)
  const server = createServer((_, response) => response.end(bytes))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/moody.wasm`
  return {
    entry: (mood, rest = {}) => ({
      name: "moody",
      rootID: "moody",
      code: { type: "HTTP", http: { url } },
      config: mood,
      ...rest,
    }),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
