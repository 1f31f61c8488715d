import { addressesBeside } from "../src/http/address-policy.ts"

/** All addresses but link-local and metadata ones. */
export const anyAddresses = addressesBeside(["0.0.0.0/0", "::/0"])

/** Public addresses alone. */
export const publicAddresses = addressesBeside([])
