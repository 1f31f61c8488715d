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

/** String library, IP and CIDR checks, formats, and the list functions. Source: Kubernetes 1.36, "CEL in Kubernetes". */
export const kubernetesFunctions: CelFunc[] = [
  ...strings,
  celFunc("isIP", [STRING], BOOL, (text) => isIP(text) !== 0),
  celFunc("isCIDR", [STRING], BOOL, isCidr),
  celFunc("isURL", [STRING], BOOL, (text) => URL.canParse(text)),
  celFunc("isQuantity", [STRING], BOOL, (text) =>
    /^[-+]?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][-+]?\d+)?$/.test(text),
  ),
  celMethod("find", STRING, [STRING], STRING, function (pattern) {
    return findPattern(pattern, String(this)) ?? ""
  }),
  celMethod("indexOf", list, [DYN], INT, function (item) {
    return BigInt([...this].indexOf(item as never))
  }),
  celMethod("isSorted", list, [], BOOL, function () {
    const items = [...this] as (string | bigint | number)[]
    return items.every((item, i) => i === 0 || (items[i - 1] as string) <= (item as string))
  }),
  celMethod("sum", list, [], DYN, function () {
    return ([...this] as bigint[]).reduce((sum, item) => sum + item, 0n)
  }),
  celMethod("min", list, [], DYN, function () {
    return ([...this] as bigint[]).reduce((least, item) => [least, item].sort((a, b) => (a < b ? -1 : 1))[0] as bigint)
  }),
  celMethod("max", list, [], DYN, function () {
    return ([...this] as bigint[]).reduce((most, item) => [most, item].sort((a, b) => (a < b ? 1 : -1))[0] as bigint)
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
