import { callbacksOf } from "../abi/callbacks.ts"
import { envFunctions, wasiFunctions } from "../abi/host-functions.ts"
import { encodePairs } from "../pairs.ts"
import { buildGuest, type GuestCall, type GuestStep } from "./guest.ts"

/** Numbers from 0 up to a bound, the same for the same seed. */
export type Dice = (bound: number) => number

/** Dice of a seed. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % bound
  }
}

const texts = {
  16: ":path",
  32: "x-a",
  48: "upstream",
  64: "compress",
  80: "expr_create",
  96: "1 + 2",
  112: "::1",
  128: encodePairs([
    [":method", "GET"],
    [":path", "/"],
    [":authority", "a"],
  ]),
} as const
const addresses = Object.keys(texts).map(Number)
const calls = [...envFunctions, ...wasiFunctions].filter(([, { versions }]) => versions.includes("0.2.1"))
const callbacks = callbacksOf("0.2.1").filter(
  ({ name }) => /^(proxy|envoy)_on_/.test(name) && name !== "proxy_on_memory_allocate",
)
/** Numbers at which something may break. */
const edges = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100, 1024, 65_536, 131_071, 131_072, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff,
]

/** A guest that makes random host calls in random callbacks, with arguments good and wild; often its bytes are damaged too. */
export function randomGuest(dice: Dice): Uint8Array {
  const pick = <T>(list: readonly T[]): T => list[dice(list.length)] as T
  const argument = (): number => (dice(3) === 0 ? pick(edges) : dice(2) === 0 ? pick(addresses) : dice(12))
  const call = (): GuestCall => {
    const [name, { signature }] = pick(calls)
    return [name, ...signature.params.map((type) => (type === "i64" ? BigInt(argument()) : argument()))]
  }
  const step = (): GuestStep => (dice(40) === 0 ? pick(["trap", "recurse", "grow"]) : call())
  const steps = (most: number): readonly GuestStep[] => Array.from({ length: dice(most) }, step)
  const chosen = Array.from({ length: 1 + dice(6) }, () => pick(callbacks).name)
  const module = buildGuest({
    callbacks: Object.fromEntries(chosen.map((name) => [name, steps(8)])),
    returns: Object.fromEntries(
      chosen.map((name) => [name, /start|configure/.test(name) ? Number(dice(10) > 0) : dice(6)]),
    ),
    data: texts,
    hasNames: dice(2) === 0,
    ...(dice(4) === 0 ? { allocatorResult: pick(edges) } : {}),
    ...(dice(10) === 0 ? { allocatorSteps: steps(2) } : {}),
    ...(dice(30) === 0 ? { startSection: steps(2) } : {}),
  })
  if (dice(3) > 0) return module
  for (let damage = 1 + dice(3); damage > 0; damage--) module[dice(module.length)] = dice(256)
  return dice(8) === 0 ? module.slice(0, dice(module.length)) : module
}
