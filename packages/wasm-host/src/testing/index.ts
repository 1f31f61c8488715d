export { encodePairs } from "../pairs.ts"
export { buildGuest, type GuestCall, type GuestSpec, type GuestStep } from "./guest.ts"
export { createDice, type Dice } from "./random-guest.ts"
