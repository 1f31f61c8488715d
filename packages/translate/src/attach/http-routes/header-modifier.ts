import type { HTTPRoute } from "@attache/kube-api"
import { type FilterDraft, type HeaderDraft, refuse } from "./filter-draft.ts"

type Rule = NonNullable<HTTPRoute["spec"]["rules"]>[number]
type Modifier = NonNullable<NonNullable<Rule["filters"]>[number]["requestHeaderModifier"]>

/** Visible ASCII words with a single space or tab between, so never empty. */
export function isHeaderValue(value: string): boolean {
  return /^[!-~\t ]+$/.test(value) && !/^[\t ]|[\t ]$|[\t ]{2}/.test(value)
}

function isModifiable(name: string): boolean {
  return !name.includes("/") && !name.includes(":") && name.toLowerCase() !== "host"
}

/**
 * Adds what a header modifier filter asks for to a draft.
 *
 * Bad entries are left out and make one error of the filter together; texts differ between request and response as they do in Envoy Gateway 1.9.
 */
export function readHeaderModifier(draft: FilterDraft, direction: "Request" | "Response", modifier: Modifier): void {
  const headers = direction === "Request" ? draft.requestHeaders : draft.responseHeaders
  const errors: string[] = []
  for (const verb of ["add", "set"] as const) {
    for (const { name, value } of modifier[verb] ?? []) {
      const error = entryError(direction, verb, name, value)
      if (error !== undefined) errors.push(error)
      else if (!isTaken(headers, name)) headers[verb].push({ name, value })
    }
  }
  for (const name of modifier.remove ?? []) {
    const error = entryError(direction, "remove", name, undefined)
    if (error !== undefined) errors.push(error)
    else if (!headers.remove.some((other) => sameName(other, name))) headers.remove.push(name)
  }
  const isAsked = [modifier.add, modifier.set, modifier.remove].some((list) => (list ?? []).length > 0)
  if (isAsked && headers.add.length + headers.set.length + headers.remove.length === 0) {
    const verbs = direction === "Request" ? "add/set/remove" : "add/remove"
    refuse(draft, `${direction}HeaderModifier Filter did not provide valid configuration to ${verbs} any headers`)
  } else if (errors.length > 0) {
    refuse(draft, errors.join("\n"))
  }
}

function entryError(
  direction: "Request" | "Response",
  verb: "add" | "set" | "remove",
  name: string,
  value: string | undefined,
): string | undefined {
  const filter = `${direction}HeaderModifier`
  if (name === "") return `${filter} Filter cannot ${verb} a header with an empty name`
  if (!isModifiable(name)) {
    // Responses say "set" for added headers too.
    const said = direction === "Response" && verb === "add" ? "set" : verb
    const cure =
      direction === "Request" && verb !== "remove"
        ? " To modify the Host header use the URLRewrite or the HTTPRouteFilter filter."
        : ""
    return `Header: ${JSON.stringify(name)}. The ${filter} filter cannot ${said} the Host header or headers with a '/' or ':' character in them.${cure}`
  }
  if (value !== undefined && !isHeaderValue(value)) {
    return `Header: ${JSON.stringify(name)}. ${filter} Filter cannot ${verb} a header with an invalid value.`
  }
  return undefined
}

function isTaken(headers: HeaderDraft, name: string): boolean {
  return [...headers.add, ...headers.set].some((other) => sameName(other.name, name))
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
