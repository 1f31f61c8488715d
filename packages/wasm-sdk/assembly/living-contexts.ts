import { proxy_set_effective_context } from "./abi"
import { IdTable } from "./id-table"
import { ok } from "./memory"

let effective: u32 = 0
let called: u32 = 0

/** Notes which context the host made current for this callback. */
export function entered(id: u32): void {
  effective = id
  called = id
}

/** The context whose callback runs. */
export function calledContext(): u32 {
  return called
}

/** What plugin and stream have in common. */
export class Context {
  /** The host's number for it. */
  id: u32 = 0
  /** @internal as in `Numbered`: a class more between would be a call more for every request */
  next: usize = 0
  /** @internal held in a request callback */
  requestHeld: bool = false
  /** @internal held in a response callback */
  responseHeld: bool = false

  /** Directs header, body and property calls at this context until the current callback ends; false when it is gone. */
  activate(): bool {
    if (effective == this.id) return true
    if (!ok(proxy_set_effective_context(this.id))) return false
    effective = this.id
    return true
  }
}

/** Living plugins. */
export const roots: IdTable = new IdTable()
/** Living requests. */
export const streams: IdTable = new IdTable()
