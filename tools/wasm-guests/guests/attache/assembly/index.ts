// Reads the path, sets one header in each direction: the same in all guests of this folder.
import { Action, registerFilter, StreamContext } from "@attache/wasm-sdk/assembly"

class Bench extends StreamContext {
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    if (this.requestHeaders.get(":path") !== null) this.requestHeaders.set("x-bench-request", "one")
    return Action.Continue
  }
  onResponseHeaders(count: u32, endOfStream: bool): Action {
    this.responseHeaders.set("x-bench-response", "two")
    return Action.Continue
  }
}

registerFilter("", (root) => new Bench(root))
