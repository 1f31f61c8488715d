import { createRequire } from "node:module"

type Engine = typeof import("./engine.ts")

let engine: Engine | undefined

/**
 * The CEL engine, loaded when first asked for: its library costs more time than all else this package loads.
 *
 * `require` is the bundler's in a bundle, where it starts what is in the bundle, and absent when the sources run.
 */
export function celEngine(): Engine {
  engine ??= (
    typeof require === "function" ? require("./engine.ts") : createRequire(import.meta.url)("./engine.ts")
  ) as Engine
  return engine
}
