import { proxy_close_stream, proxy_continue_stream } from "./abi"
import { Body, downstreamData, upstreamData } from "./body"
import { RootContext } from "./context"
import { Action, Peer } from "./enums"
import { Context } from "./living-contexts"
import { ok } from "./memory"

/**
 * One TCP connection, for plugins in a listener's network filters. Override what is of interest; only overridden callbacks
 * are exported. Made by `RootContext.createConnection`.
 */
export class ConnectionContext extends Context {
  /** @internal `onDownstreamData` or `onNewConnection` answered `Action.Pause` */
  downstreamHeld: bool = false

  constructor(public root: RootContext) {
    super()
  }

  /** A client has connected. `Action.Pause` reads nothing from it until {@link resumeDownstream}. */
  onNewConnection(): Action {
    return Action.Continue
  }
  /** Bytes from the client in {@link downstreamData}. `Action.Pause` keeps them there; the next callback shows all of them. */
  onDownstreamData(size: u32, endOfStream: bool): Action {
    return Action.Continue
  }
  /** Bytes to the client in {@link upstreamData}. What is paused here goes on with the next bytes that are not. */
  onUpstreamData(size: u32, endOfStream: bool): Action {
    return Action.Continue
  }
  /** The connection to the client is closed. */
  onDownstreamClose(by: Peer): void {}
  /** The upstream will send nothing more. */
  onUpstreamClose(by: Peer): void {}
  /** The connection is over; calls of this object are not delivered any more. */
  onDone(): void {}
  /** After {@link onDone}, and last. */
  onLog(): void {}

  get downstreamData(): Body {
    return downstreamData
  }
  get upstreamData(): Body {
    return upstreamData
  }

  /** Lets bytes from the client go on. False when they are not held; inside a callback return `Action.Continue` instead. */
  resumeDownstream(): bool {
    if (!this.downstreamHeld || !this.activate()) return false
    this.downstreamHeld = false
    return ok(proxy_continue_stream(2))
  }

  /** Closes the connection once what is on its way to the client has been sent. */
  close(): bool {
    return this.activate() && ok(proxy_close_stream(2))
  }
}
