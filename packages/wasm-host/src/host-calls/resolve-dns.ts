import { FailState, Status } from "../abi/status.ts"
import { textOf, utf8 } from "../byte-string.ts"
import type { RootContext } from "../context.ts"
import type { DnsAnswer } from "../options.ts"
import type { Vm } from "../vm.ts"
import { readText } from "./headers.ts"

/** Asked elsewhere, a name takes this long. */
const lookupMs = 1

/**
 * `envoy_resolve_dns`: the answer comes in `envoy_on_resolve_dns` of the root.
 *
 * An address, `localhost` and a name that cannot be one are answered inside the call; what a call-out left for the running
 * callback is gone after that. Source: Envoy `resolve_dns`, `Context::onResolveDns`; the rest observed on Envoy 1.40.
 */
export function resolveDns(vm: Vm, name: number, nameSize: number, tokenAt: number): number {
  const bytes = readText(vm, name, nameSize)
  if (bytes === undefined) return Status.InvalidMemoryAccess
  const token = vm.nextToken("dns")
  if (!vm.memory.writeU32(tokenAt, token)) return Status.InvalidMemoryAccess
  const { root } = vm.context()
  if (root === undefined) return Status.Ok
  // The resolver takes it for a text that ends with NUL.
  const text = textOf(bytes.split("\0")[0] ?? "")
  const atOnce = knownAnswer(text)
  if (atOnce !== undefined) {
    deliver(vm, root, token, atOnce)
    for (const key of ["responseHeaders", "responseTrailers", "responseBody", "grpcMessage"] as const)
      delete root.call[key]
    return Status.Ok
  }
  vm.process.loop.after(lookupMs, () => {
    if (vm.contexts.has(root.id)) deliver(vm, root, token, encode(vm.process.resolve(text)))
  })
  return Status.Ok
}

/** The answer that needs nobody else; no bytes: the lookup failed. */
function knownAnswer(name: string): Uint8Array | undefined {
  if (name === "localhost") return encode({ addresses: ["::1"], ttlSeconds: 0 })
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(name) || /^[\da-f:.]*:[\da-f:.]*$/i.test(name))
    return encode({ addresses: [name], ttlSeconds: 0 })
  return /^[\w.-]*$/.test(name) ? undefined : new Uint8Array(0)
}

/** Count, seconds to live of each, then each as text with port 0 and NUL. */
function encode({ addresses, ttlSeconds }: DnsAnswer): Uint8Array {
  const head = new DataView(new ArrayBuffer(4 + 4 * addresses.length))
  head.setUint32(0, addresses.length, true)
  addresses.forEach((_, i) => {
    head.setUint32(4 + 4 * i, ttlSeconds, true)
  })
  const texts = addresses.map((address) => (address.includes(":") ? `[${address}]:0\0` : `${address}:0\0`)).join("")
  return Uint8Array.from([...new Uint8Array(head.buffer), ...utf8(texts)])
}

function deliver(vm: Vm, root: RootContext, token: number, answer: Uint8Array): void {
  if (vm.failState !== FailState.Ok) return
  root.call.callData = answer
  vm.call("envoy_on_resolve_dns", root, [root.id, token, answer.length])
  delete root.call.callData
  vm.runDeferred()
}
