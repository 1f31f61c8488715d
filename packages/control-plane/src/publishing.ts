// When rounds run: one at a time, after changes of files and modules, and tidying once it is quiet.
import type { Clock } from "@attache/base"
import { createChangeLoop } from "./change-loop.ts"
import type { Metrics } from "./metrics.ts"
import type { Publication, Publisher } from "./publisher.ts"
import type { Rounds } from "./rounds.ts"
import { runSliced } from "./sliced.ts"

/** What publishing works with. */
export interface PublishingOptions {
  readonly rounds: Rounds
  readonly publisher: Publisher
  readonly metrics: Metrics
  readonly clock: Clock
  /** Called after every round; `hasNews`: files said something new. */
  readonly onPublished: (reason: "resources" | "module", publication: Publication, hasNews: boolean) => void
  /** A round failed by a fault of ours; what was published stays. */
  readonly onFailure: (error: unknown) => void
}

/** Rounds on demand. */
export interface Publishing {
  /** Asks for a round; resolves when one that began after this call has ended. */
  request(reason: "resources" | "module"): Promise<void>
  /** Resolves when no first snapshot waits any more, when the first round failed, and at the end. */
  readonly settled: Promise<void>
  /** Whether a round has ended after which no first snapshot waited. */
  isReady(): boolean
  /** Ends with the present round. */
  close(): Promise<void>
}

/** Pause after a round before it is tidied up, in milliseconds. */
const tidyMs = 200

/** No rounds yet. */
export function createPublishing(options: PublishingOptions): Publishing {
  const { rounds, publisher, metrics, clock } = options
  const settled = Promise.withResolvers<void>()
  let isReady = false
  let cancelTidy = (): void => {}
  let cancelHeld = (): void => {}

  const publish = async (reason: "resources" | "module"): Promise<void> => {
    const hasNews = reason === "resources" ? await runSliced(rounds.read(), clock) : false
    const endTimer = metrics.translation.startTimer()
    const publication = await runSliced(publisher.publish(), clock)
    endTimer()
    metrics.publications.inc({ reason })
    plan(publication)
    options.onPublished(reason, publication, hasNews)
    if (publication.held.size > 0) return
    isReady = true
    settled.resolve()
  }
  const plan = ({ held }: Publication): void => {
    cancelHeld()
    const until = Math.min(...held.values())
    if (held.size > 0) cancelHeld = clock.after(until - clock.now(), () => void loop.request("module"))
    cancelTidy()
    cancelTidy = clock.after(tidyMs, () => void loop.request("tidy"))
  }
  const loop = createChangeLoop<"resources" | "module" | "tidy">(async (reasons) => {
    try {
      if (reasons.has("resources")) await publish("resources")
      else if (reasons.has("module")) await publish("module")
      else await runSliced(rounds.tidy(), clock)
    } catch (error) {
      options.onFailure(error)
      // Nobody waits for ever.
      settled.resolve()
    }
  })
  return {
    request: (reason) => loop.request(reason),
    settled: settled.promise,
    isReady: () => isReady,
    close: async () => {
      await loop.close()
      cancelHeld()
      cancelTidy()
      settled.resolve()
    },
  }
}
