// gRPC by path: /call, /stream, /cancel, /nowhere; the answer tells what came back.
import {
  Action, GrpcCall, GrpcStream, Header, HeaderMap, registerFilter, RootContext, StreamContext,
} from "@attache/wasm-sdk/assembly"

function bytes(text: string): Uint8Array {
  return Uint8Array.wrap(String.UTF8.encode(text))
}
function text(message: Uint8Array): string {
  return String.UTF8.decodeUnsafe(message.dataStart, message.length)
}

class Call extends GrpcCall {
  constructor(private stream: Grpc) {
    super(stream)
  }
  onResponse(message: Uint8Array): void {
    this.stream.requestHeaders.set("x-answer", text(message))
    this.stream.resumeRequest()
  }
  onFailure(status: u32, reason: string): void {
    this.stream.respond(502, status.toString() + " " + reason)
  }
}

class Talk extends GrpcStream {
  private heard: string[] = []
  constructor(private stream: Grpc, private cancels: bool) {
    super(stream)
  }
  onInitialMetadata(metadata: HeaderMap): void {
    const value = metadata.get("x-initial")
    this.heard.push("initial " + (value === null ? "-" : value))
  }
  onMessage(message: Uint8Array): void {
    this.heard.push(text(message))
    if (this.cancels) {
      this.heard.push(this.cancel() ? "cancelled" : "not there")
      this.heard.push(this.cancel() ? "again" : "gone")
      this.stream.respond(200, this.heard.join(", "))
    } else if (this.heard.length == 3) this.close()
  }
  onTrailingMetadata(metadata: HeaderMap): void {
    const value = metadata.get("x-trailing")
    this.heard.push("trailing " + (value === null ? "-" : value))
  }
  onClose(status: u32, reason: string): void {
    this.heard.push("closed " + status.toString())
    this.stream.respond(200, this.heard.join(", "))
  }
}

class Grpc extends StreamContext {
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const path = this.requestHeaders.get(":path")!
    if (path == "/stream" || path == "/cancel") {
      const talk = new Talk(this, path == "/cancel")
      const opened = talk.open("checks", "acme.v1.Checker", "Talk", [new Header("x-mine", "1")])
      if (!opened || !talk.send(bytes("one"))) return this.respond(500, "not opened")
      if (path == "/stream" && !talk.send(bytes("two"))) return this.respond(500, "not sent")
      return Action.Pause
    }
    const cluster = path == "/nowhere" ? "nowhere" : path == "/refused" ? "refused" : "checks"
    const metadata = [new Header("x-mine", "1")]
    const sent = new Call(this).send(cluster, "acme.v1.Checker", "Check", bytes(path), 1000, metadata)
    return sent ? Action.Pause : this.respond(200, "refused")
  }
}

registerFilter("grpc", (root: RootContext): StreamContext => new Grpc(root))
