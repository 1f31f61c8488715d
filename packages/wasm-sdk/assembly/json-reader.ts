// @ts-nocheck: editors know neither the compiler's decorators nor its runtime.
import { decimal } from "./decimal"
import { deepest, JsonKind, JsonValue, missing } from "./json"

/** One pass over a text. The first mistake ends it: every step gives something, and {@link error} is looked at last. */
export class JsonReader {
  /** Empty while all is well. */
  error: string = ""
  private at: i32 = 0
  private depth: i32 = 0

  constructor(private source: string) {}

  document(): JsonValue {
    const value = this.value()
    this.skip()
    if (this.at < this.source.length) this.fail("something follows the value")
    return value
  }

  private value(): JsonValue {
    this.skip()
    const first = this.peek()
    if (first == 0x22) return this.textValue()
    if (first == 0x7b) return this.container(JsonKind.Object, 0x7d)
    if (first == 0x5b) return this.container(JsonKind.List, 0x5d)
    if (first == 0x2d || isDigit(first)) return this.numberValue()
    if (this.take("true")) return boolValue(1)
    if (this.take("false")) return boolValue(0)
    if (this.take("null")) return new JsonValue(JsonKind.Null)
    return this.fail("a value is missing")
  }

  private container(kind: JsonKind, end: i32): JsonValue {
    const value = new JsonValue(kind)
    const items: JsonValue[] = []
    const names: string[] = []
    value.items = items
    if (kind == JsonKind.Object) value.names = names
    this.at += 1
    this.depth += 1
    if (this.depth > deepest) return this.fail("lists and objects lie too deep in each other")
    this.skip()
    let more = this.peek() != end
    while (more && this.error.length == 0) {
      if (kind == JsonKind.Object) {
        this.skip()
        names.push(this.name())
      }
      items.push(this.value())
      this.skip()
      more = this.peek() == 0x2c
      if (more) this.at += 1
    }
    if (this.error.length > 0) return missing
    if (this.peek() != end) return this.fail(end == 0x7d ? "',' or '}' is missing" : "',' or ']' is missing")
    this.at += 1
    this.depth -= 1
    return value
  }

  private name(): string {
    if (this.peek() != 0x22) {
      this.fail("a name in quotes is missing")
      return ""
    }
    const name = this.quoted()
    this.skip()
    if (this.peek() == 0x3a) this.at += 1
    else this.fail("':' is missing")
    return name
  }

  private textValue(): JsonValue {
    const value = new JsonValue(JsonKind.Text)
    value.content = this.quoted()
    return value
  }

  /** A text in quotes, with its escapes resolved. */
  private quoted(): string {
    this.at += 1
    let text = ""
    let start = this.at
    while (this.error.length == 0) {
      const code = this.peek()
      if (code < 0x20) {
        this.fail(code < 0 ? "a text does not end" : "a control character in a text")
        return ""
      }
      if (code == 0x22) break
      this.at += 1
      if (code != 0x5c) continue
      text += this.source.substring(start, this.at - 1) + this.escaped()
      start = this.at
    }
    text += this.source.substring(start, this.at)
    this.at += 1
    return text
  }

  private escaped(): string {
    const code = this.peek()
    this.at += 1
    if (code == 0x22 || code == 0x5c || code == 0x2f) return String.fromCharCode(code)
    if (code == 0x6e) return "\n"
    if (code == 0x74) return "\t"
    if (code == 0x72) return "\r"
    if (code == 0x62) return "\b"
    if (code == 0x66) return "\f"
    if (code != 0x75) {
      this.at -= 1
      this.fail("an unknown escape")
      return ""
    }
    let unit = 0
    for (let i = 0; i < 4; i++) {
      const digit = hexOf(this.peek())
      if (digit < 0) {
        this.fail("four hexadecimal digits are missing")
        return ""
      }
      unit = (unit << 4) | digit
      this.at += 1
    }
    return String.fromCharCode(unit)
  }

  private numberValue(): JsonValue {
    const start = this.at
    if (this.peek() == 0x2d) this.at += 1
    if (this.peek() == 0x30) this.at += 1
    else if (!this.digits()) return this.fail("a digit is missing")
    if (this.peek() == 0x2e) {
      this.at += 1
      if (!this.digits()) return this.fail("a digit is missing")
    }
    if ((this.peek() | 0x20) == 0x65) {
      this.at += 1
      if (this.peek() == 0x2b || this.peek() == 0x2d) this.at += 1
      if (!this.digits()) return this.fail("a digit is missing")
    }
    const value = new JsonValue(JsonKind.Number)
    value.content = this.source.substring(start, this.at)
    value.number = decimal(value.content)
    return value
  }

  private digits(): bool {
    const start = this.at
    while (isDigit(this.peek())) this.at += 1
    return this.at > start
  }

  private skip(): void {
    for (;;) {
      const code = this.peek()
      if (code != 0x20 && code != 0x0a && code != 0x0d && code != 0x09) return
      this.at += 1
    }
  }

  /** The code unit here, -1 at the end. */
  private peek(): i32 {
    return this.at < this.source.length ? this.source.charCodeAt(this.at) : -1
  }

  private take(word: string): bool {
    if (!this.source.startsWith(word, this.at)) return false
    this.at += word.length
    return true
  }

  private fail(reason: string): JsonValue {
    if (this.error.length > 0) return missing
    let line = 1
    let lineStart = 0
    for (let i = 0; i < this.at; i++)
      if (this.source.charCodeAt(i) == 0x0a) {
        line += 1
        lineStart = i + 1
      }
    this.error = "line " + line.toString() + ", column " + (this.at - lineStart + 1).toString() + ": " + reason
    return missing
  }
}

function boolValue(value: f64): JsonValue {
  const result = new JsonValue(JsonKind.Bool)
  result.number = value
  return result
}

function isDigit(code: i32): bool {
  return code >= 0x30 && code <= 0x39
}

function hexOf(code: i32): i32 {
  if (isDigit(code)) return code - 0x30
  const lower = code | 0x20
  return code > 0 && lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
