// The facts about one Envoy that we run: from its admin interface, its log, and its access log.
import { systemClock } from "@attache/base"
import {
  createObserver,
  type Fact,
  factOf,
  type Observer,
  type ProxyView,
  type RouteTest,
} from "@attache/control-plane"
import type { AdminClient, EnvoyLogLine } from "@attache/envoy"
import type { LoggedRequest } from "./request-line.ts"

/** Watches an Envoy from before it starts. */
export interface WatchedEnvoy {
  /** Takes note of a line of its log. */
  note(line: EnvoyLogLine): void
  /** Takes note of a request in its access log. */
  noteRequest(request: LoggedRequest): void
  /** It is live. */
  started(admin: AdminClient): void
  /** It has ended, or did not start. @param reason why, for people */
  ended(reason: string): void
  /** What is known of it now. Never rejects. */
  view(): Promise<ProxyView>
}

/** What {@link watchEnvoy} is told. */
export interface WatchOptions {
  /** Which filters work on a route, by its name in xDS. */
  readonly filtersOfRoute: (route: string) => RouteTest
  /** Called when what is said of its work changes. */
  readonly onWorking: (working: Fact) => void
}

/** Most lines of its log that are kept until it is live. */
const maxEarly = 1_000

/** An Envoy that has not started yet. */
export function watchEnvoy({ filtersOfRoute, onWorking }: WatchOptions): WatchedEnvoy {
  let early: EnvoyLogLine[] = []
  let observer: Observer | undefined
  let absent = "it is starting"
  return {
    note: (line) => {
      if (observer !== undefined) observer.note(line)
      else if (early.length < maxEarly) early.push(line)
    },
    noteRequest: ({ details, route }) => {
      // Source: Envoy 1.40 says so of what it answers in a failed plugin's place.
      if (details === "wasm_fail_stream" && route !== undefined) observer?.noteRequest(filtersOfRoute(route))
    },
    started: (admin) => {
      observer = createObserver({ admin, clock: systemClock, onWorking })
      for (const line of early) observer.note(line)
      early = []
    },
    ended: (reason) => {
      observer?.close()
      observer = undefined
      absent = reason
    },
    view: async () => {
      if (observer !== undefined) return observer.look()
      const fact = factOf([{ subject: "Envoy", reason: absent }])
      return { warmed: fact, working: fact }
    },
  }
}
