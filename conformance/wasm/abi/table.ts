// The ABI table: what a real Envoy answered to every host call in every callback.
import { readFileSync } from "node:fs"
import type { Transcript } from "../corpus.ts"
import { replayCase } from "../replay.ts"
import { answersOf, drasticProbes, gentleProbe, type Phase, type Probe } from "./probes.ts"
import { type RestrictedPhase, type RestrictedProbe, restrictedAnswer, restrictedProbes } from "./restricted.ts"

/** Answers by the label of a call: a status, with the sizes of blocks asked of the module in brackets; or `restricted`. */
export type Answers = Readonly<Record<string, string>>

/** The table. */
export interface AbiTable {
  /** The Envoy that answered, in its own words. */
  readonly envoy: string
  readonly recordedBy: string
  /** By name of the phase. */
  readonly phases: Readonly<Record<string, PhaseAnswers>>
  readonly restricted: Readonly<Record<RestrictedPhase, Answers>>
}

/** What was answered in one callback. */
export interface PhaseAnswers {
  readonly gentle: Answers
  readonly drastic: Answers
}

/** Where the table lies. */
export const tablePath = new URL("./table.json", import.meta.url)

/** The table as committed: a line for each call with the answers of all phases, `-` where the call is not made. */
interface TableFile {
  readonly envoy: string
  readonly recordedBy: string
  readonly phases: readonly string[]
  readonly gentle: Readonly<Record<string, string>>
  readonly drastic: Readonly<Record<string, string>>
  readonly restricted: Readonly<Record<string, string>>
}

const restrictedPhases: readonly RestrictedPhase[] = ["_initialize", "malloc"]

/** Reads the committed table. */
export function readTable(): AbiTable {
  const file = JSON.parse(readFileSync(tablePath, "utf8")) as TableFile
  const column = (rows: Readonly<Record<string, string>>, at: number): Answers =>
    Object.fromEntries(
      Object.entries(rows).flatMap(([label, row]) => {
        const answer = row.split(" ")[at] ?? "-"
        return answer === "-" ? [] : [[label, answer]]
      }),
    )
  const [start, allocator] = restrictedPhases.map((_, at) => column(file.restricted, at))
  return {
    envoy: file.envoy,
    recordedBy: file.recordedBy,
    phases: Object.fromEntries(
      file.phases.map((name, at) => [name, { gentle: column(file.gentle, at), drastic: column(file.drastic, at) }]),
    ),
    restricted: { _initialize: start ?? {}, malloc: allocator ?? {} },
  }
}

/** The text of a table as it is committed. */
export function printTable(table: AbiTable): string {
  const names = Object.keys(table.phases)
  const rows = (columns: readonly Answers[]): Readonly<Record<string, string>> => {
    const labels = new Set(columns.flatMap((column) => Object.keys(column)))
    return Object.fromEntries([...labels].map((label) => [label, columns.map((one) => one[label] ?? "-").join(" ")]))
  }
  const file: TableFile = {
    envoy: table.envoy,
    recordedBy: table.recordedBy,
    phases: names,
    gentle: rows(names.map((name) => table.phases[name]?.gentle ?? {})),
    drastic: rows(names.map((name) => table.phases[name]?.drastic ?? {})),
    restricted: rows(restrictedPhases.map((phase) => table.restricted[phase])),
  }
  return `${JSON.stringify(file, undefined, 2)}\n`
}

/** What runs a probe: a real Envoy, or our host. */
export type Runner = (probe: Probe | RestrictedProbe) => Promise<Transcript>

/** Our host. A mistake that would end Envoy's process counts as its end. */
export const runInHost: Runner = ({ module, config, steps }) => {
  const expected: Transcript = {
    ...{ started: true, exit: { code: 0, sig: null }, startLog: [], stats: [], endLog: [] },
    steps,
  }
  return Promise.resolve(replayCase({ name: "probe", module, config, expected }, undefined).transcript)
}

/** Answers to the gentle calls of a phase. */
export async function gentleAnswers(phase: Phase, run: Runner): Promise<Answers> {
  const probe = gentleProbe(phase)
  return labelled(probe, answersOf(probe, await run(probe)))
}

/** Answers to the drastic calls of a phase, each in a run of its own. */
export async function drasticAnswers(phase: Phase, run: Runner): Promise<Answers> {
  const found: Record<string, string> = {}
  for (const probe of drasticProbes(phase)) {
    Object.assign(found, labelled(probe, answersOf(probe, await run(probe))))
  }
  return found
}

/** Answers to every host call in a phase that forbids most. */
export async function restrictedAnswers(phase: RestrictedPhase, run: Runner): Promise<Answers> {
  const found: Record<string, string> = {}
  for (const probe of restrictedProbes(phase)) found[probe.call.label] = restrictedAnswer(probe, await run(probe))
  return found
}

function labelled({ calls }: Probe, answers: readonly string[]): Answers {
  return Object.fromEntries(calls.map(({ label }, i) => [label, answers[i] ?? "unreached"]))
}
