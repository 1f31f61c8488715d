// A small reader and writer of JSON: import it from "@attache/wasm-sdk/assembly/json". Modules link what they use of it.

import { JsonReader } from "./json-reader"
import { numberText, writeValue } from "./json-writer"

/** Kinds of JSON values, and `Missing` for what is not there. */
export enum JsonKind {
  Missing = 0,
  Null = 1,
  Bool = 2,
  Number = 3,
  Text = 4,
  List = 5,
  Object = 6,
}

/**
 * A JSON value. Asking for what is not there gives a `Missing` value, so that paths need no checks on their way:
 * `config.get("limits").get("perMinute").int(60)`.
 */
export class JsonValue {
  /** @internal */
  number: f64 = 0
  /** @internal text, or the digits of a number as written */
  content: string = ""
  /** @internal of lists and objects */
  items: JsonValue[] | null = null
  /** @internal of objects, beside `items` */
  names: string[] | null = null

  constructor(public kind: JsonKind) {}

  /** Whether it is there; null counts as there. */
  get exists(): bool {
    return this.kind != JsonKind.Missing
  }

  /** Number of items of a list or members of an object; otherwise 0. */
  get size(): i32 {
    const items = this.items
    return items === null ? 0 : items.length
  }

  /** Member of an object. Of equal names the last counts, as in JavaScript. */
  get(name: string): JsonValue {
    const names = this.names
    if (names !== null) for (let i = names.length - 1; i >= 0; i--) if (names[i] == name) return this.items![i]
    return missing
  }

  /** Item of a list, or member of an object in the order of the text. */
  at(index: i32): JsonValue {
    const items = this.items
    return items === null || index < 0 || index >= items.length ? missing : items[index]
  }

  /** Name of a member in the order of the text; empty when there is none. */
  nameAt(index: i32): string {
    const names = this.names
    return names === null || index < 0 || index >= names.length ? "" : names[index]
  }

  /** Puts a member into an object, in place of the one of that name if there is one; false when this is no object. */
  set(name: string, value: JsonValue): bool {
    const names = this.names
    if (names === null) return false
    let at = names.length - 1
    while (at >= 0 && names[at] != name) at -= 1
    if (at >= 0) this.items![at] = value
    else {
      names.push(name)
      this.items!.push(value)
    }
    return true
  }

  /** Takes a member out of an object; false when there is none. */
  remove(name: string): bool {
    const names = this.names
    if (names === null) return false
    const before = names.length
    for (let i = before - 1; i >= 0; i--)
      if (names[i] == name) {
        names.splice(i, 1)
        this.items!.splice(i, 1)
      }
    return names.length < before
  }

  /** Puts an item at the end of a list; false when this is no list. */
  push(value: JsonValue): bool {
    if (this.kind != JsonKind.List) return false
    this.items!.push(value)
    return true
  }

  /** The text, or `otherwise` when it is no text. */
  text(otherwise: string = ""): string {
    return this.kind == JsonKind.Text ? this.content : otherwise
  }

  /** The number, or `otherwise` when it is no number. Fractions and large numbers may be off in their 16th digit. */
  float(otherwise: f64 = 0): f64 {
    return this.kind == JsonKind.Number ? this.number : otherwise
  }

  /** The number without its fraction, exact up to 2^53, or `otherwise` when it is no number or does not fit. */
  int(otherwise: i64 = 0): i64 {
    if (this.kind != JsonKind.Number || !(Math.abs(this.number) < 9.2e18)) return otherwise
    return this.number as i64
  }

  /** Whether it is `true`, or `otherwise` when it is no boolean. */
  bool(otherwise: bool = false): bool {
    return this.kind == JsonKind.Bool ? this.number != 0 : otherwise
  }
}

/** What every question about something absent gives. */
export const missing: JsonValue = new JsonValue(JsonKind.Missing)

/** A document that was read, or the reason why not. */
export class JsonResult {
  constructor(
    /** `Missing` when {@link error} says something. */
    public value: JsonValue,
    /** Empty when all is well; otherwise such as `line 2, column 5: a value is missing`. */
    public error: string,
  ) {}

  get ok(): bool {
    return this.error.length == 0
  }
}

/** Lists and objects may lie in each other this deep. */
export const deepest: i32 = 64

/** Reads a JSON document as RFC 8259 has it: no comments, no trailing commas, nothing after the value. */
export function parseJson(text: string): JsonResult {
  const reader = new JsonReader(text)
  const value = reader.document()
  return reader.error.length == 0 ? new JsonResult(value, "") : new JsonResult(missing, reader.error)
}

/** The JSON text of a value, without blanks. Numbers that were read stay as they were written. */
export function stringifyJson(value: JsonValue): string {
  const out: string[] = []
  writeValue(value, 0, out)
  return out.join("")
}

export function jsonText(text: string): JsonValue {
  const value = new JsonValue(JsonKind.Text)
  value.content = text
  return value
}

export function jsonNumber(number: f64): JsonValue {
  const value = new JsonValue(JsonKind.Number)
  value.number = number
  value.content = numberText(number)
  return value
}

export function jsonBool(bool: bool): JsonValue {
  const value = new JsonValue(JsonKind.Bool)
  value.number = bool ? 1 : 0
  return value
}

export function jsonNull(): JsonValue {
  return new JsonValue(JsonKind.Null)
}

/** An empty list, to push into. */
export function jsonList(): JsonValue {
  const value = new JsonValue(JsonKind.List)
  value.items = []
  return value
}

/** An empty object, to set members of. */
export function jsonObject(): JsonValue {
  const value = new JsonValue(JsonKind.Object)
  value.items = []
  value.names = []
  return value
}
