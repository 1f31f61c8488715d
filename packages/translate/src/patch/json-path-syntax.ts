// JSONPath as a tree: what a text in the dialect of ohler55/ojg 1.28 means.
import type { RE2JS } from "re2js"

/** One step of a path. */
export type PathStep =
  | { readonly type: "root" }
  | { readonly type: "current" }
  | { readonly type: "wildcard" }
  | { readonly type: "descent" }
  | { readonly type: "child"; readonly name: string }
  | { readonly type: "index"; readonly index: number }
  | { readonly type: "slice"; readonly start?: number; readonly end?: number; readonly step: number }
  | { readonly type: "union"; readonly members: readonly (string | number)[] }
  | { readonly type: "filter"; readonly condition: Expression }

/** A whole path. */
export type JsonPath = readonly PathStep[]

/** Operators of filters that stand between two values. */
export type BinaryOperator =
  | "*"
  | "/"
  | "+"
  | "-"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "=~"
  | "in"
  | "empty"
  | "has"
  | "&&"
  | "||"

/** Functions of filters. */
export type FilterFunction = "length" | "count" | "match" | "search"

/** A filter's condition or a part of it. */
export type Expression =
  | { readonly type: "literal"; readonly value: null | boolean | number | string }
  | { readonly type: "nothing" }
  | { readonly type: "list"; readonly items: readonly Expression[] }
  | { readonly type: "regex"; readonly regex: RE2JS }
  | { readonly type: "path"; readonly path: JsonPath }
  | { readonly type: "not"; readonly of: Expression }
  | {
      readonly type: "binary"
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly type: "call"; readonly name: FilterFunction; readonly arguments: readonly Expression[] }
