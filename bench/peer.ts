// Envoy Gateway 1.9 on the same kind of machine (two cores), as recorded: figures to stand beside ours.

/** What was recorded of the peer, by number of routes. */
export interface PeerFigures {
  /** CPU of one edited route, in process. */
  readonly editCpuMs: number
  /** Resident memory of the process. */
  readonly residentMiB: number
  /** Its translator alone, in process, once. */
  readonly coldMs?: number
  /** What Envoy itself needs for a route configuration of that size, whoever sends it. */
  readonly envoyMs: number
}

/** By number of routes. */
export const peer: Readonly<Record<number, PeerFigures>> = {
  1000: { editCpuMs: 130, residentMiB: 170, envoyMs: 13 },
  5000: { editCpuMs: 825, residentMiB: 406, envoyMs: 66 },
  10000: { editCpuMs: 2_095, residentMiB: 730, coldMs: 1_800, envoyMs: 139 },
}

/** From a changed source to the client at 5,000 routes and 50 changes a second, in milliseconds. */
export const peerStream = { p50: 584, p99: 716 }
