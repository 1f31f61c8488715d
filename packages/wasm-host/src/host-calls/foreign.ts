import { Status } from "../abi/status.ts"
import { decodeUtf8, textOf } from "../byte-string.ts"
import { evaluateExpression, parseExpression } from "../expression.ts"
import { readMessage } from "../protobuf.ts"
import type { Vm } from "../vm.ts"
import { readText } from "./headers.ts"

/** A function of the proxy that modules call by name. Gives its result or why there is none. */
export type ForeignFunction = (vm: Vm, args: Uint8Array) => Uint8Array | Status

const nothing = new Uint8Array(0)

const field = (bytes: Uint8Array, number: number): string | undefined => {
  const value = readMessage(bytes)?.get(number)
  return value instanceof Uint8Array ? decodeUtf8(value) : undefined
}

const u32 = (bytes: Uint8Array): number | undefined =>
  bytes.length === 4 ? new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true) : undefined

/** Envoy's foreign functions by name. Source: Envoy `source/extensions/common/wasm/foreign.cc`. */
export const foreignFunctions: ReadonlyMap<string, ForeignFunction> = new Map<string, ForeignFunction>([
  ["compress", (vm, args) => vm.process.zlib?.deflate(args) ?? Status.Unimplemented],
  [
    "uncompress",
    (vm, args) => {
      if (vm.process.zlib === undefined) return Status.Unimplemented
      try {
        return vm.process.zlib.inflate(args)
      } catch {
        return Status.SerializationFailure
      }
    },
  ],
  [
    "clear_route_cache",
    (vm) => {
      vm.current().clearRouteCache()
      return nothing
    },
  ],
  [
    "set_envoy_filter_state",
    (vm, args) => {
      const path = field(args, 1)
      if (readMessage(args) === undefined) return Status.BadArgument
      return ok(vm.current().setProperty(path ?? "", new TextEncoder().encode(field(args, 2) ?? "")))
    },
  ],
  ["declare_property", (_vm, args) => (field(args, 1) === undefined ? Status.BadArgument : nothing)],
  [
    "expr_create",
    (vm, args) => {
      const text = decodeUtf8(args)
      const parsed = parseExpression(text)
      if (typeof parsed === "string") {
        vm.log("info", `expr_create parse error: ${parsed}`)
        return Status.BadArgument
      }
      const root = vm.current().root
      if (root === undefined) return Status.BadArgument
      const token = nextToken(root.expressions)
      root.expressions.set(token, text)
      const out = new Uint8Array(4)
      new DataView(out.buffer).setUint32(0, token, true)
      return out
    },
  ],
  [
    "expr_evaluate",
    (vm, args) => {
      const token = u32(args)
      if (token === undefined) return Status.BadArgument
      const text = vm.current().root?.expressions.get(token)
      if (text === undefined) return Status.NotFound
      const value = evaluateExpression(text, (path) => vm.current().property(path))
      return value instanceof Uint8Array ? value : value.status
    },
  ],
  [
    "expr_delete",
    (vm, args) => {
      const token = u32(args)
      if (token === undefined) return Status.BadArgument
      vm.current().root?.expressions.delete(token)
      return nothing
    },
  ],
])

const ok = (status: Status): Uint8Array | Status => (status === Status.Ok ? nothing : status)

function nextToken(taken: ReadonlyMap<number, string>): number {
  let token = 0
  while (taken.has(token)) token++
  return token
}

/** `proxy_call_foreign_function`: addresses of 0 mean that the result is not wanted. */
export function callForeignFunction(
  vm: Vm,
  name: number,
  nameSize: number,
  args: number,
  argsSize: number,
  addressAt: number,
  sizeAt: number,
): number {
  const text = readText(vm, name, nameSize)
  const bytes = vm.memory.read(args, argsSize)
  if (text === undefined || bytes === undefined) return Status.InvalidMemoryAccess
  const run = foreignFunctions.get(textOf(text))
  if (run === undefined) return Status.NotFound
  const result = run(vm, bytes)
  if (typeof result === "number") return result
  if (addressAt === 0 || sizeAt === 0) return Status.Ok
  return vm.hand(result, addressAt, sizeAt)
}
