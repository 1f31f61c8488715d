// What the parts of the bench measure, and how.

/** Milliseconds of CPU of this process, all threads. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Value at a part of a sample, 0 for an empty one. @param part 0 to 1 */
export function quantile(sample: readonly number[], part: number): number {
  const sorted = [...sample].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
}

/** What the process holds, in MiB. */
export interface Memory {
  readonly heap: number
  readonly resident: number
}

/** Memory after garbage was collected, where that was allowed (`--expose-gc`). */
export async function memoryMiB(): Promise<Memory> {
  for (let n = 0; n < 3; n++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  return { heap: (heapUsed + external) / 2 ** 20, resident: rss / 2 ** 20 }
}

/** A cold start, until everything is translated. */
export interface Cold {
  readonly cpuMs: number
  readonly wallMs: number
}

/** What one edit costs. */
export interface EditCost {
  readonly edit: string
  readonly queries: number
  /** Resources that are other bytes than before, removed ones included. */
  readonly resources: number
  /** Their length together. */
  readonly bytes: number
  /** From the changed object to what is sent and the changed statuses, garbage collection included. */
  readonly cpuMs: number
}

/** Translation in process at one size. */
export interface TranslationFigures {
  readonly routes: number
  readonly objects: number
  readonly cold: Cold
  readonly memory: Memory
  readonly edits: readonly EditCost[]
}

/** Times of one edit in a running control plane, in milliseconds; medians. */
export interface Delivery {
  readonly edit: string
  /** CPU of the control plane: reading the file, translating, sending. */
  readonly cpuMs: number
  /** Of the responses to the client. */
  readonly bytes: number
  /** From before the file is written until the client has the response. */
  readonly clientMs: number
  /** The same until Envoy accepts it; absent without an Envoy. */
  readonly envoyMs?: number
  /** CPU of Envoy for it. */
  readonly envoyCpuMs?: number
}

/** Edits of routes at a steady pace, in milliseconds. */
export interface Stream {
  readonly edits: number
  readonly perSecond: number
  readonly client: { readonly p50: number; readonly p99: number }
  readonly envoy?: { readonly p50: number; readonly p99: number }
}

/** A control plane over files at one size. */
export interface ServingFigures {
  readonly routes: number
  readonly cold: Cold
  /** Most CPU of the main thread between two turns of the event loop. */
  readonly longestTurnMs: {
    readonly starting: number
    /** While a client and Envoy connect and get everything. */
    readonly connecting: number
    /** After an edit that reaches every virtual host. */
    readonly everything: number
    /** In the stream of edits. */
    readonly serving: number
  }
  /** After the start. */
  readonly memory: Memory
  /** After the stream of edits, with a client and Envoy connected. */
  readonly memoryServed: Memory
  readonly deliveries: readonly Delivery[]
  readonly stream: Stream
}

/** The bundled command over files at one size. */
export interface CommandFigures {
  readonly routes: number
  /** From the start of the process until it says that it is ready. */
  readonly readyMs: number
  /** What it holds then; absent where the system does not tell. */
  readonly residentMiB?: number
}

/** The smaller of two costs, part by part: other work on the machine only ever adds. */
export function bestOf(runs: readonly TranslationFigures[]): TranslationFigures {
  const [first] = runs
  if (first === undefined) throw new Error("nothing was measured")
  const least = (pick: (run: TranslationFigures) => number): number => Math.min(...runs.map(pick))
  return {
    ...first,
    cold: { cpuMs: least(({ cold }) => cold.cpuMs), wallMs: least(({ cold }) => cold.wallMs) },
    memory: { heap: least(({ memory }) => memory.heap), resident: least(({ memory }) => memory.resident) },
    edits: first.edits.map((edit, i) => ({ ...edit, cpuMs: least(({ edits }) => edits[i]?.cpuMs ?? edit.cpuMs) })),
  }
}
