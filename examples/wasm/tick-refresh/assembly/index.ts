import {
  Action, Header, HttpCall, log, registerRoot, RootContext, StreamContext,
} from "@attache/wasm-sdk/assembly"
import { parseJson } from "@attache/wasm-sdk/assembly/json"

/**
 * Fetches a list of blocked paths every second and answers them itself. The last good list stays in force.
 * Configuration: `{"cluster": "NAME"}`.
 */
class BlockList extends RootContext {
  paths: string[] = []
  private cluster: string = ""

  onConfigure(configuration: string): bool {
    this.cluster = parseJson(configuration).value.get("cluster").text()
    return this.setTickPeriod(1000)
  }

  onTick(): void {
    const request = [new Header(":method", "GET"), new Header(":path", "/blocked"), new Header(":authority", "lists.internal")]
    if (!new Fetch(this).send(this.cluster, request, 500)) log.warn("the cluster " + this.cluster + " is not there")
  }

  createStream(): StreamContext {
    return new Guarded(this)
  }
}

class Fetch extends HttpCall {
  constructor(private list: BlockList) {
    super(list)
  }

  onResponse(): void {
    if (this.status == 200) this.list.paths = this.body.text().trim().split("\n")
    else log.warn("the block list is " + this.status.toString() + "; keeping the one before")
  }
}

class Guarded extends StreamContext {
  constructor(private list: BlockList) {
    super(list)
  }

  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const path = this.requestHeaders.get(":path")
    if (path !== null && this.list.paths.includes(path)) return this.respond(403, "blocked\n")
    return Action.Continue
  }
}

registerRoot("tick-refresh", () => new BlockList())
