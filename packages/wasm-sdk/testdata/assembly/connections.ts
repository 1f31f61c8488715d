// A line protocol in front of a TCP server: greets, holds until a line is whole, says who closed.
import {
  Action, ConnectionContext, Counter, log, Peer, registerRoot, RootContext,
} from "@attache/wasm-sdk/assembly"

class Lines extends RootContext {
  waiting: Line | null = null

  onConfigure(configuration: string): bool {
    return this.setTickPeriod(10)
  }
  createConnection(): ConnectionContext | null {
    return new Line(this)
  }
  onTick(): void {
    const line = this.waiting
    if (line === null) return
    this.waiting = null
    log.info("resumed " + line.resumeDownstream().toString() + ", again " + line.resumeDownstream().toString())
  }
}

const connections = new Counter("connections")

class Line extends ConnectionContext {
  private lines: i32 = 0

  constructor(private plugin: Lines) {
    super(plugin)
  }
  onNewConnection(): Action {
    connections.increment()
    return Action.Continue
  }
  onDownstreamData(size: u32, endOfStream: bool): Action {
    const text = this.downstreamData.text()
    if (text.startsWith("close")) {
      this.close()
      return Action.Pause
    }
    if (text.startsWith("wait")) {
      this.downstreamData.replace("waited\n")
      this.plugin.waiting = this
      return Action.Pause
    }
    if (!text.endsWith("\n") && !endOfStream) return Action.Pause
    this.lines += 1
    if (size > 0) this.downstreamData.replace(text.toUpperCase())
    return Action.Continue
  }
  onUpstreamData(size: u32, endOfStream: bool): Action {
    if (size > 0) this.upstreamData.prepend(this.lines.toString() + ":")
    return Action.Continue
  }
  onDownstreamClose(by: Peer): void {
    log.info("downstream closed " + (by as i32).toString())
  }
  onUpstreamClose(by: Peer): void {
    log.info("upstream closed " + (by as i32).toString())
  }
  onLog(): void {
    log.info("log " + this.lines.toString())
  }
  onDone(): void {
    log.info("done")
  }
}

registerRoot("lines", (): RootContext => new Lines())
