// Host calls while a module starts and while it allocates: most of them end it.
import { buildGuest } from "@attache/wasm-host/guest"
import type { CaseConfig, Step, Transcript } from "../corpus.ts"
import { gentleCalls, type NamedCall, probeData, probePages } from "./calls.ts"
import { probeConfig } from "./probes.ts"
import { wasiCalls, wasiData } from "./wasi-calls.ts"

/** When a call is made. */
export type RestrictedPhase = "_initialize" | "malloc"

/** A guest that makes one call at a time when few are allowed. */
export interface RestrictedProbe {
  readonly phase: RestrictedPhase
  readonly call: NamedCall
  readonly module: Uint8Array
  readonly config: CaseConfig
  readonly steps: readonly Step[]
}

/** Every host call once, by its own name: the first call of that name in the tables. */
const onePerName: readonly NamedCall[] = [
  ...new Map([...gentleCalls, ...wasiCalls].reverse().map(({ call }) => [call[0], { label: call[0], call }])).values(),
].reverse()

/** A probe for each host call in a phase. */
export function restrictedProbes(phase: RestrictedPhase): readonly RestrictedProbe[] {
  return onePerName.map((call) => {
    const data = { ...probeData, ...wasiData }
    const module =
      phase === "_initialize"
        ? buildGuest({ callbacks: { _initialize: [call.call] }, data, pages: probePages })
        : buildGuest({
            callbacks: { proxy_on_configure: [["proxy_get_buffer_bytes", 7, 0, 6, 4096, 4100]] },
            allocatorSteps: [call.call],
            data,
            pages: probePages,
          })
    return { phase, call, module, config: probeConfig, steps: [] }
  })
}

/** The status the call answered, or `restricted`. */
export function restrictedAnswer({ phase, call }: RestrictedProbe, { startLog }: Transcript): string {
  if (
    startLog.some((line) =>
      line.startsWith(`error|wasm|Function: ${phase} failed: Uncaught Error: restricted_callback`),
    )
  )
    return "restricted"
  const answer = startLog.find((line) => new RegExp(`\\[vm<-host\\] \\w+\\.${call.label} return: `).test(line))
  return answer?.split("return: ")[1] ?? "unanswered"
}
