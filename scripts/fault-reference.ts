import { defects } from "../e2e/faults/matrix.ts"
import { refusedObjects } from "../e2e/faults/refused-objects.ts"
import { refusedPatches } from "../e2e/faults/refused-patches.ts"
import { refusedProxies } from "../e2e/faults/refused-proxies.ts"

/** One row of the page. */
export interface FaultEntry {
  /** `Kind: what is wrong`, or what is wrong alone. */
  readonly name: string
  readonly by: "schema" | "translation" | "Envoy"
  /** `Kind/name`; empty for what is said of a file. */
  readonly object: string
  readonly field?: string
  readonly text: RegExp
  readonly also?: readonly { readonly object: string }[]
  readonly answer?: number
}

/** Where the page lies, from the root. */
export const faultReferencePath = "docs/reference/faults.md"

/** Every defect that is put into a running gateway and a starting one. */
export const faults: readonly FaultEntry[] = [...defects, ...refusedObjects, ...refusedPatches, ...refusedProxies]

/** The page that lists every defect of the matrix. */
export function faultReference(entries: readonly FaultEntry[]): string {
  const noticed = [...Map.groupBy(entries, ({ by }) => by)].map(([by, own]) => `${own.length} by the ${by}`)
  return [
    "# What is said of defects",
    "",
    "Generated from `e2e/faults` by `npm run generate`; do not edit.",
    "`npm run e2e -- e2e/faults` puts each defect into a running gateway under load and into one that starts with it, on a real",
    "Envoy. The message stands in the status of the object, in `attache status` and in the output. Requests of other routes do not",
    "fail meanwhile, and a later edit of another route in the same resource gets through.",
    "",
    `${entries.length} defects are noticed: ${noticed.join(", ").replace("the Envoy", "Envoy")}. Two columns tell what becomes of a route on`,
    "`/bad`: who is blamed, and how `/bad` is answered until the defect is gone (500: no backend to forward to, or the route is",
    "withdrawn; 403: a withdrawn extension keeps its route closed; 503: no TLS with the backend; empty: the route is not there, or",
    "not concerned).",
    "",
    "| Object | Defect | Noticed by | Blamed | The message has | Answer |",
    "|---|---|---|---|---|---|",
    ...entries.map(rowOf),
    "",
  ].join("\n")
}

function rowOf({ name, by, object, field, text, also = [], answer }: FaultEntry): string {
  const [kind, what] = /^(\w+): (.*)$/.exec(name)?.slice(1) ?? ["", name]
  const blamed = [`${object === "" ? "the file" : object}${field === undefined ? "" : ` \`${field}\``}`]
  const cells = [
    kind,
    what,
    by,
    [...blamed, ...also.map((each) => each.object)].join(", "),
    `\`${text.source}\``,
    answer,
  ]
  return `| ${cells.map((cell) => String(cell ?? "").replaceAll("|", "\\|")).join(" | ")} |`
}
