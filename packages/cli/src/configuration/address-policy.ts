// Which addresses modules may come from beside public ones, as whoever runs the control plane says.
import type { Diagnostic } from "@attache/base"
import type { YamlDocument } from "@attache/kube-api"
import { isAddressRange } from "@attache/oci"
import { fieldReader, kindIn, listOf, membersOf } from "./fields.ts"

/** Ranges of addresses that are allowed, or why the policy cannot be read; never a part of one. */
export interface AddressPolicyReading {
  readonly allowedAddresses?: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

const maxRanges = 1_000

/** Reads an AddressPolicy. Code: ATT_ADDRESS_POLICY. */
export function readAddressPolicy(document: YamlDocument, file: string): AddressPolicyReading {
  const diagnostics: Diagnostic[] = []
  const reader = fieldReader(document, file, "ATT_ADDRESS_POLICY", diagnostics)
  const members = membersOf(document.value, [], ["apiVersion", "kind", "allowed"], reader)
  kindIn(members, "AddressPolicy", reader)
  const allowedAddresses = listOf(members.allowed, ["allowed"], maxRanges, reader).flatMap((entry, index) => {
    const range = typeof entry === "string" ? rangeOf(entry) : undefined
    if (range === undefined)
      reader.refuse(["allowed", index], "is no range of addresses", "write one as 10.0.0.0/8, fd00::/8 or 10.1.2.3")
    return range ?? []
  })
  if (members.allowed === undefined) reader.refuse([], "nothing is allowed", "list ranges of addresses under allowed")
  return diagnostics.length > 0 ? { diagnostics } : { allowedAddresses, diagnostics }
}

/** One address is a range too. */
function rangeOf(text: string): string | undefined {
  return [text, `${text}/32`, `${text}/128`].find(isAddressRange)
}
