// A small reader of JSON for configurations: import it from "@attache/wasm-sdk/assembly/json". Modules that do not, do not
// link it.

import { JsonReader } from "./json-reader"

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
