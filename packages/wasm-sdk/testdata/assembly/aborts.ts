// Aborts in the phase that the header x-abort names.
import { Action, Header, HttpCall, registerRoot, RootContext, StreamContext } from "@attache/wasm-sdk/assembly"

class Ticking extends RootContext {
  armed: bool = false
  onConfigure(configuration: string): bool {
    if (configuration == "configure") throw new Error("configure")
    return this.setTickPeriod(50)
  }
  onTick(): void {
    if (this.armed) throw new Error("tick")
  }
  createStream(): StreamContext {
    if (this.configuration == "create") throw new Error("create")
    return new Aborting(this)
  }
}

class Question extends HttpCall {
  onResponse(): void {
    throw new Error("call")
  }
}

/** Keeps what it makes, so that the compiler's stack of references is full before the engine's own. */
function endless(depth: i32): string {
  const text = depth.toString()
  return endless(depth + 1) + text
}

class Aborting extends StreamContext {
  private phase: string = ""

  private at(phase: string): void {
    if (this.phase == phase) throw new Error(phase)
  }
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const phase = this.requestHeaders.get("x-abort")
    this.phase = phase === null ? "" : phase
    if (this.phase == "call") {
      const headers = [new Header(":method", "GET"), new Header(":path", "/"), new Header(":authority", "x")]
      return new Question(this).send("calls", headers, 1000) ? Action.Pause : Action.Continue
    }
    if (this.phase == "tick") {
      (this.root as Ticking).armed = true
      return Action.Pause
    }
    this.at("request headers")
    if (this.phase == "recursion") this.phase = endless(0).toString()
    return Action.Continue
  }
  onRequestBody(size: u32, endOfStream: bool): Action {
    this.at("request body")
    return Action.Continue
  }
  onResponseHeaders(count: u32, endOfStream: bool): Action {
    this.at("response headers")
    return this.phase == "held response" ? Action.Pause : Action.Continue
  }
  onRequestTrailers(count: u32): Action {
    this.at("request trailers")
    return Action.Continue
  }
  onResponseTrailers(count: u32): Action {
    this.at("response trailers")
    return Action.Continue
  }
  onDone(): void {
    this.at("done")
  }
  onResponseBody(size: u32, endOfStream: bool): Action {
    this.at("response body")
    return Action.Continue
  }
  onLog(): void {
    this.at("log")
  }
}

registerRoot("aborts", (): RootContext => new Ticking())
