/** What a case came to. */
export interface Verdict {
  readonly name: string
  readonly tier: string
  readonly tags: readonly string[]
  readonly isEqual: boolean
  /** First differing paths of xDS. */
  readonly xds: readonly string[]
  /** First differing paths of statuses. */
  readonly status: readonly string[]
  /** Set when translation itself failed. */
  readonly error?: string
}

/** Prints the failing cases, a table by tier and tag, and the figure. Returns whether all are equal. */
export function printReport(verdicts: readonly Verdict[]): boolean {
  for (const v of verdicts.filter(({ isEqual }) => !isEqual)) {
    console.log(`FAIL ${v.name} (${v.tier})`)
    for (const line of v.xds) console.log(`  xds    ${line}`)
    for (const line of v.status) console.log(`  status ${line}`)
    if (v.error !== undefined) console.log(`  error  ${v.error.split("\n").slice(0, 4).join("\n         ")}`)
  }
  const rows = [
    ...countBy(verdicts, (v) => [`tier ${v.tier}`]),
    ...countBy(verdicts, (v) => v.tags.map((t) => `tag ${t}`)),
  ]
  console.log("")
  for (const [label, { equal, all }] of rows)
    console.log(`${label.padEnd(28)} ${String(equal).padStart(4)} of ${String(all).padStart(4)} equal`)
  const passed = verdicts.filter(({ isEqual }) => isEqual).length
  console.log(`\n${passed} passed, ${verdicts.length - passed} failed`)
  return passed === verdicts.length
}

function countBy(
  verdicts: readonly Verdict[],
  labels: (v: Verdict) => readonly string[],
): [string, { equal: number; all: number }][] {
  const counts = new Map<string, { equal: number; all: number }>()
  for (const v of verdicts) {
    for (const label of labels(v)) {
      const count = counts.get(label) ?? { equal: 0, all: 0 }
      counts.set(label, { equal: count.equal + Number(v.isEqual), all: count.all + 1 })
    }
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1))
}
