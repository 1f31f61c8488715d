import { describe, expect, it } from "vitest"
import { type Cell, createCells } from "./cells.ts"
import { createGraph } from "./graph.ts"

interface Load {
  readonly key: string
  readonly signal: AbortSignal
  readonly resolve: (value: string) => void
  readonly reject: (error: unknown) => void
}

/** Cells whose loads the test ends by hand. */
function setUp() {
  const graph = createGraph()
  const loads: Load[] = []
  let changes = 0
  const cells = createCells<string>(
    graph,
    "modules",
    (key, signal) => new Promise((resolve, reject) => void loads.push({ key, signal, resolve, reject })),
    () => changes++,
  )
  const text = graph.query("text", (key) => shown(cells.get(key)))
  graph.pin(text, "a")
  return { graph, loads, cells, text, changes: () => changes }
}

function shown(cell: Cell<string>): string {
  if (cell.state === "ready") return cell.value
  return cell.state === "failed" ? `failed: ${cell.error}` : "pending"
}

/** All microtasks that are due have run. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

describe("cells", () => {
  it("starts one load for all first readers, after the query", async () => {
    const { cells, loads, text, changes } = setUp()
    expect([text.get("a"), text.get("a"), shown(cells.get("a"))]).toEqual(["pending", "pending", "pending"])
    expect([loads.length, cells.pending()]).toEqual([0, 1])
    await turn()
    expect(loads.map(({ key }) => key)).toEqual(["a"])
    loads[0]!.resolve("bytes")
    await cells.settled()
    expect([text.get("a"), changes(), cells.pending()]).toEqual(["bytes", 1, 0])
  })

  it.each([
    ["a rejection", new Error("no such tag"), "failed: no such tag"],
    ["a rejection that is no error", 404, "failed: 404"],
  ])("turns %s into a failed cell", async (_name, reason, want) => {
    const { cells, loads, text } = setUp()
    text.get("a")
    await turn()
    loads[0]!.reject(reason)
    await cells.settled()
    expect(text.get("a")).toBe(want)
  })

  it("turns a throw of the loader into a failed cell", async () => {
    const graph = createGraph()
    const cells = createCells<string>(graph, "bad", () => {
      throw new Error("refused at once")
    })
    cells.get("a")
    await cells.settled()
    expect(cells.get("a")).toEqual({ state: "failed", error: "refused at once" })
  })

  it("keeps the last state while it loads again, and ignores an equal result", async () => {
    const { cells, loads, text, changes } = setUp()
    cells.set("a", { state: "ready", value: "one" })
    cells.reload("a")
    cells.reload("a")
    expect(text.get("a")).toBe("one")
    expect(loads).toHaveLength(1)
    loads[0]!.resolve("one")
    await cells.settled()
    expect(changes()).toBe(0)
  })

  it("lets a result put in place win over a running load", async () => {
    const { cells, loads, text } = setUp()
    text.get("a")
    await turn()
    cells.set("a", { state: "ready", value: "injected" })
    expect(loads[0]!.signal.aborted).toBe(true)
    loads[0]!.resolve("late")
    await turn()
    expect([text.get("a"), cells.pending()]).toEqual(["injected", 0])
  })

  it("never starts a load for a cell that was set before the query ended", async () => {
    const { cells, loads, text } = setUp()
    text.get("a")
    cells.set("a", { state: "failed", error: "offline" })
    await cells.settled()
    expect([loads.length, text.get("a")]).toEqual([0, "failed: offline"])
  })

  it("settles only when loads that follow from loads have ended too", async () => {
    const { cells, loads } = setUp()
    const order: string[] = []
    cells.get("a")
    await turn()
    const settled = cells.settled().then(() => order.push("settled"))
    cells.get("b")
    loads[0]!.resolve("x")
    await turn()
    order.push("a ended")
    loads[1]!.resolve("y")
    await settled
    expect(order).toEqual(["a ended", "settled"])
  })

  it("aborts and forgets what is no longer wanted, and loads it anew when asked again", async () => {
    const { cells, loads, text } = setUp()
    cells.set("old", { state: "ready", value: "x" })
    text.get("a")
    await turn()
    cells.get("queued")
    cells.retain(new Set())
    expect([loads[0]!.signal.aborted, cells.pending()]).toEqual([true, 0])
    loads[0]!.reject(new Error("aborted"))
    await turn()
    expect(loads).toHaveLength(1)
    expect([text.get("a"), shown(cells.get("old"))]).toEqual(["pending", "pending"])
    cells.retain(new Set(["a", "old"]))
    text.get("a")
    cells.get("a")
    await turn()
    expect(loads.map(({ key }) => key)).toEqual(["a", "old", "a"])
  })
})
