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
  /** One of its group or of those before that it is refused together with; absent: it is refused by itself. */
  readonly partner?: S
}

/** What a search came to. */
export interface FoundCulprits<S extends Named> {
  readonly culprits: readonly Culprit<S>[]
  /** Why the resource is refused even without all suspects; then nothing is to be gained by withdrawing them. */
  readonly rest?: string
}

/** Suspects that are trusted alike. */
export interface SuspectGroup<S extends Named> {
  readonly suspects: readonly S[]
  /** They stand on those before, which are left in when a partner is looked for. Default false. */
  readonly isAbove?: boolean
}

/** Most parts that one search blames; a resource with more needs another. */
export const maxCulprits = 64

/**
 * Parts without which a resource is accepted, by bisection: about log2(suspects) offers for each of them, few for one of a small
 * group at the end, and as many again for one that is refused only together with another.
 *
 * @param groups from the one trusted most to the one trusted least, and so within each. Of parts that are refused only together
 * the last is blamed
 */
export async function findCulprits<S extends Named>(
  groups: readonly SuspectGroup<S>[],
  offer: Trial,
): Promise<FoundCulprits<S>> {
  const suspects = groups.flatMap((group) => group.suspects)
  const starts = groups.map((_, n) => groups.slice(0, n).reduce((sum, group) => sum + group.suspects.length, 0))
  const culprits: Culprit<S>[] = []
  /** Offers some suspects; those that are to blame are left out. */
  const offerOnly = (isKept: (place: number) => boolean): Promise<string | undefined> =>
    offer([
      ...culprits.map(({ suspect }) => suspect.key),
      ...suspects.flatMap(({ key }, place) => (isKept(place) ? [] : [key])),
    ])
  const offerFirst = (count: number): Promise<string | undefined> => offerOnly((place) => place < count)
  let message = await offerFirst(suspects.length)
  let good = 0
  while (message !== undefined) {
    let bad = suspects.length
    // A whole group at the end is more likely than half of all.
    for (const start of starts.toReversed()) {
      if (start <= good || start >= bad) continue
      const answer = await offerFirst(start)
      if (answer === undefined) good = start
      else [bad, message] = [start, answer]
    }
    const rest = good === 0 ? await offerFirst(0) : undefined
    if (rest !== undefined) return { culprits, rest }
    while (bad - good > 1) {
      const middle = (good + bad) >>> 1
      const answer = await offerFirst(middle)
      if (answer === undefined) good = middle
      else [bad, message] = [middle, answer]
    }
    const place = bad - 1
    const suspect = suspects[place]
    if (suspect === undefined || good >= bad) return { culprits, rest: message }
    const own = starts.findLastIndex((start) => start <= place)
    const first = groups[own]?.isAbove === true ? (starts[own] ?? 0) : 0
    const partner = await partnerOf(first, place, (from) =>
      offerOnly((each) => each < first || each === place || (each >= from && each < place)),
    )
    culprits.push({ suspect, message, ...(partner === undefined ? {} : { partner: suspects[partner] as S }) })
    good = bad
    if (culprits.length >= maxCulprits) break
    message = await offerFirst(suspects.length)
  }
  return { culprits }
}

/**
 * Place of the last one that the culprit is refused together with; undefined: it is refused by itself.
 *
 * @param offerFrom offers the culprit with those before it from a place on
 */
async function partnerOf(
  first: number,
  culprit: number,
  offerFrom: (from: number) => Promise<string | undefined>,
): Promise<number | undefined> {
  if (culprit === first || (await offerFrom(culprit)) !== undefined) return undefined
  let [bad, good] = [first, culprit]
  while (good - bad > 1) {
    const middle = (good + bad) >>> 1
    if ((await offerFrom(middle)) === undefined) good = middle
    else bad = middle
  }
  return bad
}
