import { Action, registerFilter, StreamContext } from "@attache/wasm-sdk/assembly"

class Misspelt extends StreamContext {
  onResponseHeader(count: u32, endOfStream: bool): Action {
    return Action.Continue
  }
  onRequestheaders(count: u32, endOfStream: bool): Action {
    return this.onRefused()
  }
  onResponseTrailers(count: u32): Action {
    return Action.Continue
  }
  private onRefused(): Action {
    return Action.Pause
  }
}

registerFilter("", (root) => new Misspelt(root))
