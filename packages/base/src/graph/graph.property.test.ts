import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { structuralEqual } from "./equal.ts"
import { createGraph, type Graph, type Input, type Query } from "./graph.ts"

// A random program: queries over inputs and over queries with a lower number, whose reads depend on what was read.
interface Rule {
  /** Below zero: input `-1 - ref`, else query `ref`. */
  readonly refs: readonly number[]
  /** Reading stops at a value that this divides. */
  readonly stopAt: number
  readonly modulus: number
  readonly failAt: number
  readonly hasFallback: boolean
  readonly family: keyof typeof familyNames
}

const familyNames = { plain: "query", barrier: "barrier", laterBarrier: "later barrier" } as const

type Step =
  | { readonly do: "set"; readonly input: number; readonly value: number }
  | { readonly do: "delete"; readonly input: number }
  | { readonly do: "get" | "getInSteps" | "pin" | "unpin"; readonly query: number }
  | { readonly do: "collect" | "getAll" }

interface Reads {
  readonly input: (index: number) => number | undefined
  readonly query: (index: number) => readonly number[]
}

const inputCount = 5

function compute(rule: Rule, index: number, reads: Reads): readonly number[] {
  let sum = index
  for (const ref of rule.refs) {
    const value = ref < 0 ? (reads.input(-1 - ref) ?? 7) : (reads.query(ref)[0] ?? 0)
    sum += value
    if (value % rule.stopAt === 0) break
  }
  if (sum % 11 === rule.failAt) throw new Error(`query ${index} failed at ${sum}`)
  return [sum % rule.modulus]
}

const ruleAt = (index: number): fc.Arbitrary<Rule> =>
  fc.record({
    refs: fc.array(fc.integer({ min: -inputCount, max: index - 1 }), { minLength: 1, maxLength: 4 }),
    stopAt: fc.integer({ min: 2, max: 5 }),
    modulus: fc.constantFrom(2, 3, 100),
    failAt: fc.integer({ min: 0, max: 20 }),
    hasFallback: fc.boolean(),
    family: fc.constantFrom("plain", "plain", "barrier", "laterBarrier"),
  })

const programs = fc.integer({ min: 1, max: 12 }).chain((count) => {
  const query = fc.integer({ min: 0, max: count - 1 })
  const input = fc.integer({ min: 0, max: inputCount - 1 })
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant("set" as const), input, value: fc.integer({ min: 0, max: 9 }) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), input }) },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constantFrom("get" as const, "getInSteps" as const, "pin" as const, "unpin" as const),
        query,
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("collect" as const, "getAll" as const) }) },
  )
  return fc.record({
    rules: fc.tuple(...Array.from({ length: count }, (_, index) => ruleAt(index))),
    steps: fc.array(step, { maxLength: 60 }),
  })
})

/** The same program without memory: the oracle. */
function fromScratch(rules: readonly Rule[], inputs: ReadonlyMap<number, number>, index: number): readonly number[] {
  const rule = rules[index]!
  try {
    return compute(rule, index, { input: (i) => inputs.get(i), query: (i) => fromScratch(rules, inputs, i) })
  } catch (error) {
    if (rule.hasFallback) return [-1, index]
    throw error
  }
}

function outcomeOf(get: () => readonly number[]): unknown {
  try {
    return get()
  } catch (error) {
    return (error as Error).message
  }
}

interface Run {
  readonly trace: readonly [ref: number, value: unknown][]
}

class Machine {
  readonly graph: Graph = createGraph()
  readonly model = new Map<number, number>()
  readonly inputs: Input<number>
  readonly families: Readonly<Record<Rule["family"], Query<readonly number[]>>>
  readonly pins = new Map<number, (() => void)[]>()
  readonly rules: readonly Rule[]
  /** What each query read in its last run, while the graph remembers it. */
  readonly runs = new Map<number, Run>()
  needless: string[] = []

  constructor(rules: readonly Rule[]) {
    this.rules = rules
    this.inputs = this.graph.input<number>("input")
    const query = (family: Rule["family"]) =>
      this.graph.query<readonly number[]>(familyNames[family], (key) => this.#compute(Number(key)), {
        equals: structuralEqual,
        fallback: (key, error) => {
          if (rules[Number(key)]?.hasFallback !== true) throw error
          return [-1, Number(key)]
        },
        isBarrier: family !== "plain",
      })
    this.families = { plain: query("plain"), barrier: query("barrier"), laterBarrier: query("laterBarrier") }
  }

  #query(index: number): Query<readonly number[]> {
    return this.families[this.rules[index]!.family]
  }

  #compute(index: number): readonly number[] {
    const before = this.runs.get(index)
    const holds = before?.trace.every(([ref, value]) => structuralEqual(this.#now(ref), value)) ?? false
    if (holds) {
      this.needless.push(`query ${index} ran although ${JSON.stringify(before?.trace)} holds`)
    }
    const trace: [number, unknown][] = []
    this.runs.set(index, { trace })
    return compute(this.rules[index]!, index, {
      input: (i) => {
        const value = this.inputs.get(String(i))
        trace.push([-1 - i, value])
        return value
      },
      query: (i) => {
        try {
          const value = this.#query(i).get(String(i))
          trace.push([i, value])
          return value
        } catch (error) {
          // A failure that repeats is a new failure: it never counts as equal.
          trace.push([i, Symbol("failed")])
          throw error
        }
      },
    })
  }

  #now(ref: number): unknown {
    return ref < 0 ? this.model.get(-1 - ref) : outcomeOf(() => fromScratch(this.rules, this.model, ref))
  }

  get(index: number): void {
    const want = outcomeOf(() => fromScratch(this.rules, this.model, index))
    expect(outcomeOf(() => this.#query(index).get(String(index)))).toEqual(want)
  }

  /** With a pause before every second run of a query. */
  getInSteps(index: number): void {
    const want = outcomeOf(() => fromScratch(this.rules, this.model, index))
    const steps = this.graph.inSteps(
      () => outcomeOf(() => this.#query(index).get(String(index))),
      () => true,
    )
    let step = steps.next()
    while (step.done !== true) step = steps.next()
    expect(step.value).toEqual(want)
  }

  getAll(): void {
    for (let index = 0; index < this.rules.length; index++) this.get(index)
  }

  take(step: Step): void {
    if (step.do === "set") {
      this.inputs.set(String(step.input), step.value)
      this.model.set(step.input, step.value)
    } else if (step.do === "delete") {
      this.inputs.delete(String(step.input))
      this.model.delete(step.input)
    } else if (step.do === "get") this.get(step.query)
    else if (step.do === "getInSteps") this.getInSteps(step.query)
    else if (step.do === "pin")
      this.pins.set(step.query, [
        ...(this.pins.get(step.query) ?? []),
        this.graph.pin(this.#query(step.query), String(step.query)),
      ])
    else if (step.do === "unpin") this.pins.get(step.query)?.pop()?.()
    else if (step.do === "getAll") this.getAll()
    else {
      this.graph.collect()
      this.runs.clear()
    }
  }
}

describe("graph against recomputation from scratch", () => {
  it("gives what a program without memory gives, whatever is edited, pinned, asked or collected", () => {
    fc.assert(
      fc.property(programs, ({ rules, steps }) => {
        const machine = new Machine(rules)
        for (const step of steps) machine.take(step)
        machine.getAll()
        machine.graph.resetStats()
        machine.getAll()
        expect(machine.graph.stats().runs.size).toBe(0)
      }),
      { numRuns: 400 },
    )
  })

  it("runs a query only when something it read has changed", () => {
    fc.assert(
      fc.property(programs, ({ rules, steps }) => {
        // A barrier may run for those who will not ask again, and one that stands on a later one may run twice.
        const machine = new Machine(rules.map((rule) => ({ ...rule, family: "plain" as const })))
        for (const step of steps) {
          machine.take(step)
          // An input that is changed and changed back between two reads is the one accepted needless run.
          machine.getAll()
        }
        expect(machine.needless).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  it("keeps nothing once nothing is pinned", () => {
    fc.assert(
      fc.property(programs, ({ rules, steps }) => {
        const machine = new Machine(rules)
        for (const step of steps) machine.take(step)
        for (const releases of machine.pins.values()) for (const release of releases) release()
        machine.graph.collect()
        expect(machine.graph.stats().nodes).toBe(0)
        expect(machine.inputs.keys().length).toBe(machine.model.size)
        machine.runs.clear()
        machine.getAll()
      }),
      { numRuns: 200 },
    )
  })
})
