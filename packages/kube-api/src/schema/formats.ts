import { isIP } from "node:net"

const dateTime = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/
const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i

/** Whether a text has a format; formats that the API server does not know are not looked at. */
export function hasFormat(format: string, text: string): boolean {
  switch (format) {
    case "ipv4":
      return isIP(text) === 4
    case "ipv6":
      return isIP(text) === 6
    case "ip":
      return isIP(text) !== 0
    case "cidr":
      return isCidr(text)
    case "date-time":
      return dateTime.test(text) && !Number.isNaN(Date.parse(text))
    case "uuid":
      return uuid.test(text)
    case "byte":
      return /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0
    case "uri":
      return URL.canParse(text)
    default:
      return true
  }
}

/** Whether a text is an address and a prefix length. */
export function isCidr(text: string): boolean {
  const match = /^(.+)\/(\d{1,3})$/.exec(text)
  const family = isIP(match?.[1] ?? "")
  return family !== 0 && Number(match?.[2]) <= (family === 4 ? 32 : 128)
}
