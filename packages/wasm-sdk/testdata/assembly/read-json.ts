// Gives a JSON text of the header x-in back in one form, so that it can be compared with the original.
import { Action, registerFilter, RootContext, StreamContext } from "@attache/wasm-sdk/assembly"
import { JsonKind, JsonValue, parseJson } from "@attache/wasm-sdk/assembly/json"

function print(value: JsonValue): string {
  if (value.kind == JsonKind.Null) return "null"
  if (value.kind == JsonKind.Bool) return value.bool() ? "true" : "false"
  if (value.kind == JsonKind.Number) return value.float().toString()
  if (value.kind == JsonKind.Text) return quoted(value.text())
  let out = ""
  for (let i = 0; i < value.size; i++) {
    if (i > 0) out += ","
    if (value.kind == JsonKind.Object) out += quoted(value.nameAt(i)) + ":"
    out += print(value.at(i))
  }
  return value.kind == JsonKind.Object ? "{" + out + "}" : "[" + out + "]"
}

function quoted(text: string): string {
  let out = '"'
  for (let i = 0; i < text.length; i++) out += "\\u" + text.charCodeAt(i).toString(16).padStart(4, "0")
  return out + '"'
}

class ReadJson extends StreamContext {
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const read = parseJson(this.requestHeaders.get("x-in")!)
    this.requestHeaders.set("x-out", read.ok ? print(read.value) : "error: " + read.error)
    return Action.Continue
  }
}

registerFilter("", (root: RootContext): StreamContext => new ReadJson(root))
