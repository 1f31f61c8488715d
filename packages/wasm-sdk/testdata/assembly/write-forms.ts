// Gives the header x-in back in another form; its first letter says which.
import { Action, registerFilter, RootContext, StreamContext } from "@attache/wasm-sdk/assembly"
import { decodeBase64, encodeBase64 } from "@attache/wasm-sdk/assembly/base64"
import {
  jsonBool, JsonKind, jsonList, jsonNull, jsonNumber, jsonObject, jsonText, parseJson, stringifyJson,
} from "@attache/wasm-sdk/assembly/json"

function changed(text: string): string {
  const document = parseJson(text).value
  const list = jsonList()
  list.push(jsonNumber(-3))
  list.push(jsonNumber(0.5))
  list.push(jsonNumber(NaN))
  list.push(jsonNull())
  const added = jsonObject()
  added.set("list", list)
  added.set("yes", jsonBool(true))
  added.set("text", jsonText('"\\\n'))
  const refused = document.push(added)
  return [refused, document.remove("gone"), document.remove("absent"), document.set("a", added)].join() + stringifyJson(document)
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.wrap(String.UTF8.encode(text))
}

function answer(form: string, text: string): string {
  if (form == "j") return stringifyJson(parseJson(text).value)
  if (form == "c") return changed(text)
  if (form == "e") return encodeBase64(bytesOf(text))
  if (form == "u") return encodeBase64(bytesOf(text), true)
  const bytes = decodeBase64(text)
  return bytes === null ? "not base64" : encodeBase64(bytes)
}

class WriteForms extends StreamContext {
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const given = this.requestHeaders.get("x-in")!
    this.requestHeaders.set("x-out", answer(given.charAt(0), given.slice(1)))
    return Action.Continue
  }
}

registerFilter("", (root: RootContext): StreamContext => new WriteForms(root))
