// When an Envoy has said all it will say about what it was offered.
import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"

/** What a conversation with an Envoy looks like at a moment. */
export interface ConversationState {
  /** Types with a response that is not answered yet. */
  readonly inFlight: readonly string[]
  /** Listeners or routes wait for an answer about clusters before they are sent. */
  readonly isHeldBack: boolean
}

/** A conversation with an Envoy, as far as its end is to be told. */
export interface Conversation {
  now(): number
  state(): ConversationState
  /** Number of answers heard so far. */
  heard(): number
  /** Resolves when there are more than `since` answers, or after a time in milliseconds. */
  news(since: number, ms: number): Promise<void>
  /** Resolves when all that Envoy wrote before it was asked has been read. */
  roundTrip(): Promise<void>
  /** Number of listeners and clusters that Envoy accepted and that still wait for something. */
  warming(): Promise<number>
}

/** Bounds on waiting, in milliseconds. */
export interface Patience {
  /** Longest wait for answers. */
  readonly timeoutMs: number
  /** Longest wait, without any news, for what depends on others than Envoy: names to be resolved, health checks, code to be fetched. */
  readonly warmMs: number
}

/** How often Envoy is asked whether something has become warm, which it does not tell by itself. */
const lookMs = 20

/**
 * Waits until Envoy has answered for everything, and everything is warm or has had its time.
 *
 * The end is known without a silence: when nothing is on its way, what Envoy may still ask for was written before it answers
 * a question on its admin interface, since one thread does both. Asked twice, because a request may need several reads.
 *
 * Envoy keeps its answer about clusters back while one of them is warming, so an answer about clusters alone may be missing
 * for good.
 */
export async function settle(talk: Conversation, { timeoutMs, warmMs }: Patience): Promise<void> {
  const deadline = talk.now() + timeoutMs
  let coldSince: number | undefined
  let quietRounds = 0
  let coldRounds = 0
  while (quietRounds < 2 && talk.now() < deadline) {
    const heard = talk.heard()
    await talk.roundTrip()
    const { inFlight, isHeldBack } = talk.state()
    const isAnswerDue = inFlight.some((typeUrl) => typeUrl !== typeUrls.cluster)
    const warming = isAnswerDue ? 0 : await talk.warming()
    if (inFlight.length === 0 && warming === 0) {
      quietRounds++
      continue
    }
    quietRounds = 0
    const left = deadline - talk.now()
    if (isAnswerDue || warming === 0) {
      coldRounds = 0
      await talk.news(heard, left)
      continue
    }
    coldSince ??= talk.now()
    // What warms may only now ask for what it needs.
    if (++coldRounds < 2) continue
    const isPatienceOver = talk.now() - coldSince >= warmMs
    if (isPatienceOver && !isHeldBack) return
    await talk.news(heard, Math.min(lookMs, left))
    if (talk.heard() > heard && !isPatienceOver) coldSince = undefined
  }
}
