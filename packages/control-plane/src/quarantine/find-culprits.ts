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
  /** One that it is refused together with; absent: it is refused by itself. */
  readonly partner?: S
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
 * Parts without which a resource is accepted, by bisection: about log2(suspects) offers for each of them, and as many again for
 * one that is refused only together with another.
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
    const partner = await partnerOf(suspects.slice(0, bad), (kept) =>
      offer([...blamed(), ...suspects.filter((each) => !kept.has(each)).map(({ key }) => key)]),
    )
    culprits.push({ suspect, message, ...(partner === undefined ? {} : { partner }) })
    good = bad
    if (culprits.length >= maxCulprits) break
    message = await offerFirst(suspects.length)
  }
  return { culprits }
}

/** The last of those that the last suspect is refused together with; undefined: it is refused by itself. */
async function partnerOf<S>(
  suspects: readonly S[],
  offerAlone: (kept: ReadonlySet<S>) => Promise<string | undefined>,
): Promise<S | undefined> {
  const isRefused = async (from: number): Promise<boolean> =>
    (await offerAlone(new Set(suspects.slice(from)))) !== undefined
  let bad = 0
  let good = suspects.length - 1
  if (good === 0 || (await isRefused(good))) return undefined
  while (good - bad > 1) {
    const middle = (good + bad) >>> 1
    if (await isRefused(middle)) bad = middle
    else good = middle
  }
  return suspects[bad]
}
