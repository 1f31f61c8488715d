// Kubernetes' additions to CEL, as far as rules of the kinds we know (and their likely successors) use them.
import { isIP } from "node:net"
import { type CelFunc, CelScalar, celFunc, celMethod, listType } from "@bufbuild/cel"
import { strings } from "@bufbuild/cel/ext"
import { isCidr } from "../schema/formats.ts"
import { findPattern } from "../schema/patterns.ts"

const { STRING, BOOL, DYN, INT } = CelScalar
const list = listType(DYN)

/** Names that `format.NAME()` knows, and what they accept. */
const formats: Readonly<Record<string, RegExp>> = {
  dns1123Label: /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  dns1123Subdomain: /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  dns1035Label: /^(?=.{1,63}$)[a-z]([-a-z0-9]*[a-z0-9])?$/,
  qualifiedName: /^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
  labelValue: /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/,
}

/** The value of the name `format` in rules: its methods are functions of this text. */
export const formatName = "format"

/** Items that have an order. */
function sortable(items: Iterable<unknown>): readonly (string | bigint | number)[] {
  return [...items] as (string | bigint | number)[]
}

/** Numbers of one type, behind a zero of theirs. */
function numbers(items: Iterable<unknown>): readonly (bigint | number)[] {
  const all = [...items] as (bigint | number)[]
  return [typeof all[0] === "number" ? 0 : 0n, ...all]
}

/** Items in order, of a list that has some. */
function ends(items: Iterable<unknown>, name: string): readonly (string | bigint | number)[] {
  const all = sortable(items)
  if (all.length === 0) throw new Error(`${name} called on empty list`)
  return all.toSorted((a, b) => (a < b ? -1 : Number(a > b)))
}

/** String library, IP and CIDR checks, formats, and the list functions. Source: Kubernetes 1.36, "CEL in Kubernetes". */
export const kubernetesFunctions: CelFunc[] = [
  ...strings,
  celFunc("isIP", [STRING], BOOL, (text) => isIP(text) !== 0 && !text.includes("%")),
  celFunc("isCIDR", [STRING], BOOL, isCidr),
  celFunc("isURL", [STRING], BOOL, (text) => URL.canParse(text)),
  celFunc("isQuantity", [STRING], BOOL, (text) =>
    /^[-+]?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][-+]?\d+)?$/.test(text),
  ),
  celMethod("find", STRING, [STRING], STRING, function (pattern) {
    return findPattern(pattern, String(this)) ?? ""
  }),
  celMethod("indexOf", list, [DYN], INT, function (item) {
    return BigInt([...this].indexOf(item))
  }),
  celMethod("lastIndexOf", list, [DYN], INT, function (item) {
    return BigInt([...this].lastIndexOf(item))
  }),
  celMethod("isSorted", list, [], BOOL, function () {
    return sortable(this).every((item, i, all) => i === 0 || (all[i - 1] ?? item) <= item)
  }),
  celMethod("sum", list, [], DYN, function () {
    return numbers(this).reduce((sum, item) => (sum as bigint) + (item as bigint))
  }),
  celMethod("min", list, [], DYN, function () {
    return ends(this, "min").at(0) ?? null
  }),
  celMethod("max", list, [], DYN, function () {
    return ends(this, "max").at(-1) ?? null
  }),
  ...Object.keys(formats).map((name) => celMethod(name, STRING, [], STRING, () => name)),
  // An optional value is a list of one or none: like the server's it never equals null.
  celMethod("validate", STRING, [STRING], DYN, function (text) {
    const format = formats[this as unknown as string]
    return format === undefined || format.test(text) ? [] : [[`must be a ${String(this)}`]]
  }),
  celMethod("hasValue", list, [], BOOL, function () {
    return [...this].length > 0
  }),
  celMethod("value", list, [], DYN, function () {
    const [value] = [...this]
    if (value === undefined) throw new Error("optional.none() dereference")
    return value
  }),
  celMethod("orValue", list, [DYN], DYN, function (other) {
    const [value = other] = [...this]
    return value
  }),
]
