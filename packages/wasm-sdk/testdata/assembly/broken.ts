import { Action, registerFilter, RootContext, StreamContext } from "@attache/wasm-sdk/assembly"

class Broken extends StreamContext {
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    this.requestHeaders.set("x", 1)
    return Action.Continue
  }
}

registerFilter("", (root: RootContext): StreamContext => new Broken(root))
