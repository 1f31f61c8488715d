import { FailState, Status } from "../abi/status.ts"
import type { RootContext } from "../context.ts"
import type { Vm } from "../vm.ts"

/** `proxy_set_tick_period_milliseconds`: one timer a root, 0 stops it. The period counts from the end of the callback. */
export function setTickPeriod(vm: Vm, period: number): number {
  const root = vm.context().root
  if (root === undefined) return Status.Ok
  root.cancelTick()
  root.cancelTick = () => {}
  if (period > 0) arm(vm, root, period)
  return Status.Ok
}

function arm(vm: Vm, root: RootContext, period: number): void {
  root.cancelTick = vm.process.loop.after(period, () => {
    if (vm.failState !== FailState.Ok) return
    const own = root.cancelTick
    vm.call("proxy_on_tick", root, [root.id])
    vm.runDeferred()
    // The callback may have set another period or stopped the timer.
    if (root.cancelTick === own && vm.contexts.has(root.id)) arm(vm, root, period)
  })
}
