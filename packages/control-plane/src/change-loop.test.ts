import { describe, expect, it } from "vitest"
import { createChangeLoop } from "./change-loop.ts"

function setUp() {
  const runs: { reasons: string[]; end(error?: unknown): void }[] = []
  const loop = createChangeLoop<string>(
    (reasons) =>
      new Promise<void>((resolve, reject) => {
        runs.push({ reasons: [...reasons], end: (error) => (error === undefined ? resolve() : reject(error)) })
      }),
  )
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  return { loop, runs, turn }
}

describe("createChangeLoop", () => {
  it("runs one at a time and joins what comes meanwhile", async () => {
    const { loop, runs, turn } = setUp()
    const first = [loop.request("a"), loop.request("b")]
    await turn()
    expect(runs.map(({ reasons }) => reasons)).toEqual([["a", "b"]])
    let isSecondDone = false
    const second = [loop.request("c"), loop.request("a"), loop.request("c")]
    void Promise.all(second).then(() => (isSecondDone = true))
    await turn()
    expect(runs).toHaveLength(1)
    runs[0]?.end()
    await Promise.all(first)
    await turn()
    expect(runs.map(({ reasons }) => reasons)).toEqual([
      ["a", "b"],
      ["c", "a"],
    ])
    expect(isSecondDone, "a run that had begun does not count").toBe(false)
    runs[1]?.end()
    await Promise.all(second)
    expect(isSecondDone).toBe(true)
  })

  it("goes on after a run that failed", async () => {
    const { loop, runs, turn } = setUp()
    const first = loop.request("a")
    await turn()
    runs[0]?.end(new Error("failed"))
    await first
    const second = loop.request("b")
    await turn()
    runs[1]?.end()
    await second
    expect(runs).toHaveLength(2)
  })

  it("ends with the present run when closed, and drops the rest", async () => {
    const { loop, runs, turn } = setUp()
    const first = loop.request("a")
    await turn()
    const second = loop.request("b")
    const closed = loop.close()
    runs[0]?.end()
    await Promise.all([first, second, closed, loop.request("c"), loop.close()])
    await turn()
    expect(runs).toHaveLength(1)
  })
})
