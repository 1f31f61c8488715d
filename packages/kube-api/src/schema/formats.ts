// Formats of texts that the API server checks. Source: kube-openapi's `strfmt`, Kubernetes 1.36.
import { isIP } from "node:net"

const time = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(.\d+)?(z|[+-]\d{2}:\d{2})$/
const base64 = /^(?:[A-Za-z0-9+\\/]{4})*(?:[A-Za-z0-9+\\/]{2}==|[A-Za-z0-9+\\/]{3}=|[A-Za-z0-9+\\/]{4})$/
const uuid = (version: string, variant: string): RegExp =>
  new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, "i")

const checks: Readonly<Record<string, (text: string) => boolean>> = {
  ipv4: (text) => text.includes(".") && isAddress(text),
  ipv6: (text) => text.includes(":") && isIP(text) === 6 && !text.includes("%"),
  cidr: isCidr,
  datetime: isDateTime,
  date: isDate,
  byte: (text) => base64.test(text),
  uuid: (text) => uuid("[0-9a-f]", "[0-9a-f]").test(text),
  uuid3: (text) => uuid("3", "[0-9a-f]").test(text),
  uuid4: (text) => uuid("4", "[89ab]").test(text),
  uuid5: (text) => uuid("5", "[89ab]").test(text),
  uri: (text) => /^(?:[a-z][a-z0-9+.-]*:|\/)[^\s]*$/i.test(text) && URL.canParse(text, "http://localhost"),
  mac: (text) => /^(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}(?:[0-9a-f]{2}\1[0-9a-f]{2}\1)?[0-9a-f]{2}$/i.test(text),
  hexcolor: (text) => /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text),
  password: () => true,
  k8sshortname: (text) => /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text),
  k8slongname: (text) => /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text),
}

/** The check of a text format; undefined for one that is not known, which the API server takes as none. */
export function formatCheck(format: string): ((text: string) => boolean) | undefined {
  const name = format.replaceAll("-", "")
  return Object.hasOwn(checks, name) ? checks[name] : undefined
}

/** Whether a text is an address and a prefix length. */
export function isCidr(text: string): boolean {
  const match = /^(.+)\/(\d{1,3})$/.exec(text)
  const address = match?.[1] ?? ""
  return isAddress(address) && Number(match?.[2]) <= (address.includes(":") ? 128 : 32)
}

/** Leading zeros in IPv4 are taken for decimal, as before Go 1.17. */
function isAddress(text: string): boolean {
  return isIP(text.replaceAll(/(^|[.:])0+(?=\d+(\.|$))/g, "$1")) !== 0 && !text.includes("%")
}

function isDateTime(text: string): boolean {
  const [date = "", rest] = text.toLowerCase().split("t")
  return rest !== undefined && isDate(date) && time.test(rest)
}

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (match === null) return false
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number]
  const days = [31, year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28, 31, 30, 31, 30]
  const length = days[month - 1] ?? [31, 31, 30, 31, 30, 31][month - 7] ?? 0
  return day >= 1 && day <= length
}
