// Which parts of a refused resource are to blame, found by offering it without some of them.

/** Offers a resource without some parts: undefined when it is accepted, else why not. */
export type Trial = (without: readonly string[]) => Promise<string | undefined>

/** Something that can be left out. */
export interface Named {
  readonly key: string
}

/** A part to blame. */
export interface Culprit<S extends Named> {
  readonly suspect: S
  /** What was said of the resource with this part and those before it in it. */
  readonly message: string
}

/** What a search came to. */
export interface FoundCulprits<S extends Named> {
  readonly culprits: readonly Culprit<S>[]
  /** Why the resource is refused even without all suspects; then nothing is to be gained by withdrawing them. */
  readonly rest?: string
}

/** Most parts that one search blames; a resource with more needs another. */
export const maxCulprits = 64

/**
 * Parts without which a resource is accepted, by bisection: about log2(suspects) offers for each of them.
 *
 * @param suspects from the one trusted most to the one trusted least. Of parts that are refused only together the last is blamed.
 */
export async function findCulprits<S extends Named>(suspects: readonly S[], offer: Trial): Promise<FoundCulprits<S>> {
  const culprits: Culprit<S>[] = []
  const blamed = (): readonly string[] => culprits.map(({ suspect }) => suspect.key)
  /** Offers the first `count` suspects alone, those that are to blame left out. */
  const offerFirst = (count: number): Promise<string | undefined> =>
    offer([...blamed(), ...suspects.slice(count).map(({ key }) => key)])
  let message = await offerFirst(suspects.length)
  let good = 0
  while (message !== undefined) {
    const rest = good === 0 ? await offerFirst(0) : undefined
    if (rest !== undefined) return { culprits, rest }
    let bad = suspects.length
    while (bad - good > 1) {
      const middle = (good + bad) >>> 1
      const answer = await offerFirst(middle)
      if (answer === undefined) good = middle
      else [bad, message] = [middle, answer]
    }
    const suspect = suspects[bad - 1]
    if (suspect === undefined || good >= bad) return { culprits, rest: message }
    culprits.push({ suspect, message })
    good = bad
    if (culprits.length >= maxCulprits) break
    message = await offerFirst(suspects.length)
  }
  return { culprits }
}
