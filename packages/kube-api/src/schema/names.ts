// Names and label keys, with the API server's words. Source: apimachinery's `validate/content`, Kubernetes 1.36.

/** What a name must be: a subdomain (most kinds), a label (namespaces, Services), or a path segment. */
export type NameRule = "subdomain" | "label" | "path-segment"

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
const subdomain = `${label}(\\.${label})*`
const keyName = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
const isLabel = new RegExp(`^${label}$`)
const isSubdomain = new RegExp(`^${subdomain}$`)
const isKeyName = new RegExp(`^${keyName}$`)

const ends = "and must start and end with an alphanumeric character"
const keyCharacters = `must consist of alphanumeric characters, '-', '_' or '.', ${ends}`
const keyForm = `${keyCharacters} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${keyName}')`

/** Longest text whose form is looked at: patterns cost more than linear time, and longer ones are wrong anyway. */
const maxLooked = 1024

function hasForm(text: string, form: RegExp): boolean {
  return text.length > maxLooked || form.test(text)
}

/** The server counts bytes everywhere, and calls them characters in names of objects. */
function tooLong(text: string, limit: number, unit: "bytes" | "characters"): readonly string[] {
  return Buffer.byteLength(text) > limit ? [`must be no more than ${limit} ${unit}`] : []
}

/** What is wrong with a name; nothing when it is one. */
export function nameFaults(name: string, rule: NameRule): readonly string[] {
  switch (rule) {
    case "subdomain":
      return subdomainFaults(name, "characters")
    case "label":
      return [...tooLong(name, 63, "characters"), ...labelFaults(name)]
    case "path-segment":
      if (name === "." || name === "..") return [`may not be '${name}'`]
      return ["/", "%"].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`)
  }
}

function subdomainFaults(text: string, unit: "bytes" | "characters"): readonly string[] {
  return [...tooLong(text, 253, unit), ...(hasForm(text, isSubdomain) ? [] : [subdomainForm])]
}

const subdomainForm =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
  `${ends} (e.g. 'example.com', regex used for validation is '${subdomain}')`

function labelFaults(name: string): readonly string[] {
  if (hasForm(name, isLabel)) return []
  if (hasForm(name, isSubdomain)) return ["must not contain dots"]
  const form = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
  return [`${form}${ends} (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`]
}

/** What is wrong with a key of labels or annotations: an optional subdomain, a slash, a name of at most 63 bytes. */
export function labelKeyFaults(key: string): readonly string[] {
  const parts = key.split("/")
  if (parts.length > 2)
    return [`a valid label key ${keyForm} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  const name = parts.at(-1) ?? ""
  const prefix = parts.length === 2 ? (parts[0] ?? "") : undefined
  const faults = [
    ...(name === "" ? ["must be non-empty"] : tooLong(name, 63, "bytes")),
    ...(hasForm(name, isKeyName) ? [] : [keyForm]),
  ].map((fault) => `name part ${fault}`)
  if (prefix === undefined) return faults
  const prefixFaults = prefix === "" ? ["must be non-empty"] : subdomainFaults(prefix, "bytes")
  return [...prefixFaults.map((fault) => `prefix part ${fault}`), ...faults]
}

/** What is wrong with a label's value: empty, or like the name of a key. */
export function labelValueFaults(value: string): readonly string[] {
  if (value === "" || (isKeyName.test(value) && value.length <= 63)) return []
  const form = `a valid label must be an empty string or ${keyCharacters.replace("must consist", "consist")}`
  const example = `(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${keyName})?')`
  return [...tooLong(value, 63, "bytes"), ...(hasForm(value, isKeyName) ? [] : [`${form} ${example}`])]
}
