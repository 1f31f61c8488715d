import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  isSubscribed,
  noSubscription,
  type Subscription,
  shareNames,
  subscribeDelta,
  subscribeSotw,
} from "./subscription.ts"

interface Seen {
  readonly isWildcard: boolean
  readonly names: readonly string[]
  readonly added: readonly string[]
  readonly dropped: readonly string[]
  readonly gainedWildcard: boolean
}

/** Plays requests and shows what the last one did. */
function play<T>(
  requests: readonly T[],
  take: (before: Subscription, request: T) => ReturnType<typeof subscribeSotw>,
): Seen {
  let subscription = noSubscription
  let seen: Seen | undefined
  for (const request of requests) {
    const change = take(subscription, request)
    subscription = change.subscription
    const { added, dropped, gainedWildcard } = change
    seen = { isWildcard: subscription.isWildcard, names: [...subscription.names], added, dropped, gainedWildcard }
  }
  if (seen === undefined) throw new Error("no request")
  return seen
}

const nothing = { isWildcard: false, names: [], added: [], dropped: [], gainedWildcard: false }

describe("a state-of-the-world subscription", () => {
  it.each<[string, boolean, readonly string[][], Partial<Seen>]>([
    ["an empty first list is the legacy wildcard", true, [[]], { isWildcard: true, gainedWildcard: true }],
    ["but not for types without it", false, [[]], {}],
    ["it stays so while no name is sent", true, [[], []], { isWildcard: true }],
    ["a star is the wildcard", false, [["*"]], { isWildcard: true, gainedWildcard: true }],
    ["names end the legacy wildcard", true, [[], ["a"]], { names: ["a"], added: ["a"] }],
    ["after names an empty list is nothing", true, [["a"], []], { dropped: ["a"] }],
    ["also after a star", true, [["*"], []], {}],
    ["a star and a name", true, [["*"], ["*", "a"]], { isWildcard: true, names: ["a"], added: ["a"] }],
    [
      "the list is the full set",
      true,
      [
        ["a", "b"],
        ["b", "c"],
      ],
      { names: ["b", "c"], added: ["c"], dropped: ["a"] },
    ],
    ["a name twice is one", true, [["a", "a"]], { names: ["a"], added: ["a"] }],
    [
      "a wildcard that comes back is new",
      true,
      [["*"], ["a"], ["*"]],
      { isWildcard: true, dropped: ["a"], gainedWildcard: true },
    ],
  ])("%s", (_, legacy, requests, want) => {
    expect(play(requests, (before, names) => subscribeSotw(before, names, legacy))).toEqual({ ...nothing, ...want })
  })
})

describe("a delta subscription", () => {
  it.each<[string, boolean, readonly (readonly [string[], string[]])[], Partial<Seen>]>([
    ["an empty first request is the legacy wildcard", true, [[[], []]], { isWildcard: true, gainedWildcard: true }],
    ["but not for types without it", false, [[[], []]], {}],
    [
      "an empty later one is not",
      true,
      [
        [["a"], []],
        [[], []],
      ],
      { names: ["a"] },
    ],
    [
      "a name does not end the legacy wildcard",
      true,
      [
        [[], []],
        [["a"], []],
      ],
      { isWildcard: true, names: ["a"], added: ["a"] },
    ],
    [
      "taking the star away does",
      true,
      [
        [[], []],
        [[], ["*"]],
      ],
      {},
    ],
    [
      "explicit names outlive the star",
      true,
      [
        [["*", "a"], []],
        [[], ["*"]],
      ],
      { names: ["a"] },
    ],
    [
      "a known name is asked for anew",
      false,
      [
        [["a"], []],
        [["a"], []],
      ],
      { names: ["a"], added: ["a"] },
    ],
    [
      "an unknown name cannot be dropped",
      false,
      [
        [["a"], []],
        [[], ["b"]],
      ],
      { names: ["a"] },
    ],
    [
      "both in one request stays",
      false,
      [
        [["a"], []],
        [["a"], ["a"]],
      ],
      { names: ["a"], added: ["a"] },
    ],
    [
      "a star asked for twice is answered twice",
      false,
      [
        [["*"], []],
        [["*"], []],
      ],
      { isWildcard: true, gainedWildcard: true },
    ],
    [
      "dropping under the wildcard is told",
      true,
      [
        [["*", "a"], []],
        [[], ["a"]],
      ],
      { isWildcard: true, dropped: ["a"] },
    ],
  ])("%s", (_, legacy, requests, want) => {
    const seen = play(requests, (before, [add, drop]) => subscribeDelta(before, add, drop, legacy))
    expect(seen).toEqual({ ...nothing, ...want })
  })

  it("never changes the set it was given", () => {
    const names = fc.array(fc.constantFrom("a", "b", "c", "*"))
    fc.assert(
      fc.property(names, names, names, (first, add, drop) => {
        const before = subscribeDelta(noSubscription, first, [], false).subscription
        const copy = [...before.names]
        subscribeDelta(before, add, drop, false)
        expect([...before.names]).toEqual(copy)
      }),
    )
  })
})

describe("names of many streams", () => {
  const names = Array.from({ length: 40 }, (_, n) => `n${n}`)
  const resources = new Map(names.map((name) => [name, 0]))
  const subscribed = (list: readonly string[]) => subscribeSotw(noSubscription, list, false).subscription

  it("are one set where they are those of the type", () => {
    const [a, b] = [shareNames(subscribed(names), resources), shareNames(subscribed(names.toReversed()), resources)]
    expect(a.names).toBe(b.names)
    expect(isSubscribed(a, "n3")).toBe(true)
  })

  it("stay their own otherwise", () => {
    const other = subscribed([...names.slice(1), "else"])
    expect(shareNames(other, resources)).toBe(other)
    const few = subscribed(["n1"])
    expect(shareNames(few, new Map([["n1", 0]]))).toBe(few)
  })
})
