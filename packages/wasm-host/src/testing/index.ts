export { encodePairs } from "../pairs.ts"
export { buildGuest, type GuestCall, type GuestSpec, type GuestStep } from "./guest.ts"
