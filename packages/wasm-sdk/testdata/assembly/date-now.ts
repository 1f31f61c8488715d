import { Action, registerFilter, RootContext, StreamContext } from "@attache/wasm-sdk/assembly"

class Dated extends StreamContext {
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    this.requestHeaders.set("x-now", Date.now().toString())
    console.log("seen")
    return Action.Continue
  }
}

registerFilter("", (root: RootContext): StreamContext => new Dated(root))
