// An address of this machine that is in no program's sense its own: as others would reach it.
import { networkInterfaces } from "node:os"
import { addressesBeside } from "@attache/oci"

/** An IPv4 address that is neither loopback nor link-local; undefined where this machine has none. */
export function ownAddress(): string | undefined {
  const { allows } = addressesBeside(["0.0.0.0/0"])
  return Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ family, internal, address }) => family === "IPv4" && !internal && allows(address, ""))?.address
}
