// One path of a request per ability of the SDK; the end-to-end test asks for each.
import {
  Action, Counter, currentTimeNanoseconds, callForeignFunction, Gauge, Header, Histogram, HttpCall, lastStatus, log, LogLevel,
  Property, registerFilter, registerRoot, RootContext, SharedData, SharedQueue, SharedValue, Status, StreamContext,
} from "@attache/wasm-sdk/assembly"

const requests = new Counter("requests")
const level = new Gauge("level")
const sizes = new Histogram("sizes")

function plusOne(old: SharedValue | null): string {
  return old === null ? "1" : (I32.parseInt(old.text) + 1).toString()
}

class Callout extends HttpCall {
  constructor(private filter: EveryCall) {
    super(filter)
  }
  onResponse(): void {
    const source = this.headers.get("x-echo-path")
    this.filter.requestHeaders.set("x-callout", this.status.toString() + " " + (source === null ? "none" : source) + " " + this.body.text())
    this.filter.resumeRequest()
  }
  onFailure(reason: string): void {
    this.filter.respond(502, "callout failed: " + reason)
  }
}

class EveryRoot extends RootContext {
  ticks: i32 = 0
  queue: SharedQueue | null = null
  queued: string = ""

  onStart(vmConfiguration: string): bool {
    log.info("vm configuration: " + vmConfiguration)
    return true
  }
  onConfigure(configuration: string): bool {
    if (configuration == "refuse") {
      log.error("configuration refused by the guest")
      return false
    }
    this.setTickPeriod(20)
    this.queue = SharedQueue.register("jobs")
    return true
  }
  onTick(): void {
    this.ticks += 1
  }
  onQueueReady(queue: u32): void {
    const item = this.queue!.pop()
    this.queued = item === null ? "nothing" : item
  }
  createStream(): StreamContext {
    return new EveryCall(this)
  }
}

class EveryCall extends StreamContext {
  private path: string = ""
  private seen: u32 = 0

  onRequestHeaders(count: u32, endOfStream: bool): Action {
    requests.increment()
    const path = this.requestHeaders.get(":path")
    this.path = path === null ? "" : path
    const root = this.root as EveryRoot
    if (this.path == "/reply") return this.respond(418, "short", [new Header("x-a", "1"), new Header("x-a", "2")], -1, "teapot")
    if (this.path == "/trap") {
      const empty: string[] = []
      return empty[this.path.length].length
    }
    if (this.path == "/callout") {
      const headers = [new Header(":method", "POST"), new Header(":path", "/echoed"), new Header(":authority", "x")]
      const sent = new Callout(this).send("upstream", headers, 1000, "question", [new Header("x-trailer", "t")])
      return sent ? Action.Pause : this.respond(500, "not sent")
    }
    if (this.path == "/unknown-cluster") {
      const headers = [new Header(":method", "GET"), new Header(":path", "/"), new Header(":authority", "x")]
      const sent = new Callout(this).send("nowhere", headers, 1000)
      return this.respond(200, sent ? "sent" : "refused " + (lastStatus() as i32).toString())
    }
    if (this.path == "/properties") {
      const host = Property.text(["request", "host"])
      const name = Property.text(["plugin_name"])
      const absent = Property.text(["metadata", "filter_metadata", "nobody"])
      const mode = Property.text(["xds", "route_metadata", "filter_metadata", "guest", "mode"])
      Property.set("mine", "stored")
      const mine = Property.text(["mine"])
      return this.respond(200, (host === null ? "-" : host) + "|" + (name === null ? "-" : name) + "|" + (absent === null ? "absent" : "there") + "|" +
        (mine === null ? "-" : mine) + "|" + Property.int(["request", "headers_bytes"]).toString() + "|" + Property.bool(["connection", "mtls"], true).toString() + "|" +
        (mode === null ? "-" : mode))
    }
    if (this.path == "/shared") {
      SharedData.update("count", plusOne)
      const value = SharedData.get("count")
      const stale = SharedData.set("count", "x", 999999)
      return this.respond(200, (value === null ? "-" : value.text) + " " + (stale ? "stored" : (lastStatus() == Status.CasMismatch ? "mismatch" : "other")))
    }
    if (this.path == "/metrics") {
      level.set(5)
      level.add(-2)
      sizes.record(12)
      return this.respond(200, requests.value.toString() + " " + level.value.toString())
    }
    if (this.path == "/state") {
      return this.respond(200, (root.ticks > 0 ? "ticked" : "silent") + " " + root.queued)
    }
    if (this.path == "/enqueue") {
      root.queue!.push("job-1")
      return this.respond(200, "queued")
    }
    if (this.path == "/early-resume") return this.respond(200, this.resumeRequest() || this.resumeResponse() ? "resumed" : "refused")
    if (this.path == "/log") {
      log.trace("at trace")
      log.debug("at debug")
      log.warn("umlaut \u00e4 and \u{1F600}")
      return this.respond(200, log.isEnabled(LogLevel.Debug) ? "debug" : "no debug")
    }
    if (this.path == "/foreign") {
      const packed = callForeignFunction("compress", Uint8Array.wrap(String.UTF8.encode("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")))
      const unknown = callForeignFunction("no-such", new Uint8Array(0))
      return this.respond(200, (packed !== null && packed.length > 0 && packed.length < 51 ? "smaller" : "not") + " " + (unknown === null ? "unknown" : "known") +
        " " + (currentTimeNanoseconds() > 1600000000000000000 ? "now" : "never") + " " + (Math.random() < 1 ? "random" : ""))
    }
    if (this.path == "/headers") {
      const all = this.requestHeaders.getAll("X-Many")
      const missing = this.requestHeaders.get("x-missing")
      const empty = this.requestHeaders.get("x-empty")
      this.requestHeaders.add("x-added", "1")
      this.requestHeaders.add("x-added", "2")
      this.requestHeaders.remove("x-removed")
      this.requestHeaders.set("x-seen", all.join("+") + "," + (missing === null ? "null" : "there") + "," + (empty === null ? "null" : "'" + empty + "'"))
      const raw = this.requestHeaders.getBytes("x-raw")
      if (raw !== null) {
        this.requestHeaders.setBytes("x-raw-copy", raw)
        this.requestHeaders.set("x-raw-text", this.requestHeaders.get("x-raw")!)
      }
    }
    this.requestHeaders.remove("content-length")
    return Action.Continue
  }

  onRequestBody(size: u32, endOfStream: bool): Action {
    if (this.path != "/body") return Action.Continue
    if (!endOfStream) return Action.Pause
    const text = this.requestBody.text()
    this.requestBody.replace(text.toUpperCase())
    this.requestBody.prepend("<")
    this.requestBody.append(">" + size.toString())
    return Action.Continue
  }

  onResponseHeaders(count: u32, endOfStream: bool): Action {
    // A request header is not readable here: an answer, not a trap.
    const path = this.requestHeaders.get(":path")
    this.responseHeaders.set("x-path-in-response", path === null ? "null " + (lastStatus() as i32).toString() : path)
    this.responseHeaders.set("x-wasm", "every-call")
    this.responseHeaders.remove("content-length")
    return Action.Continue
  }

  onResponseBody(size: u32, endOfStream: bool): Action {
    this.seen += size
    if (this.path != "/body") return Action.Continue
    if (endOfStream) this.responseBody.append(" seen " + this.seen.toString())
    return Action.Continue
  }

  onLog(): void {
    const status = this.responseHeaders.get(":status")
    log.info("logged " + this.path + " " + (status === null ? "-" : status))
  }
}

registerRoot("every", (): RootContext => new EveryRoot())

class Unused extends StreamContext {
  onDone(): void {
    log.info("done " + (this.root.configuration))
  }
}
registerFilter("other", (root: RootContext): StreamContext => new Unused(root))
