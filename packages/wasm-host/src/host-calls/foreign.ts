import { Status } from "../abi/status.ts"
import { celOf } from "../attribute.ts"
import { decodeUtf8, textOf } from "../byte-string.ts"
import { evaluateCel } from "../cel/evaluate.ts"
import { type CelNode, parseExpression } from "../cel/parse.ts"
import { CelError, type CelValue, serializeCel } from "../cel/value.ts"
import { readMessage } from "../protobuf.ts"
import type { Vm } from "../vm.ts"
import { readText } from "./headers.ts"
import { sign, verifySignature } from "./signatures.ts"

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
  // Finds no stream in any callback of HTTP or TCP. Source: observed on Envoy 1.40.
  ["set_envoy_filter_state", (_vm, args) => (readMessage(args) === undefined ? Status.BadArgument : Status.NotFound)],
  ["verify_signature", verifySignature],
  ["sign", sign],
  [
    "declare_property",
    (vm, args) => {
      const name = readMessage(args) === undefined ? undefined : (field(args, 1) ?? "")
      const { declared } = vm.current()
      // A name can be declared once in a context.
      if (name === undefined || declared.has(name)) return Status.BadArgument
      declared.add(name)
      return nothing
    },
  ],
  [
    "expr_create",
    (vm, args) => {
      const text = decodeUtf8(args)
      const { root } = vm.current()
      if (root === undefined) return Status.BadArgument
      const parsed = parseExpression(text)
      const isRefused = "stage" in parsed
      // The parser refuses before a token is given out, the compiler after.
      const token = isRefused && parsed.stage === "parse" ? 0 : root.expressionCount++
      if (isRefused) {
        vm.log("info", `expr_create ${parsed.stage} error: ${parsed.message}`)
        return Status.BadArgument
      }
      root.expressions.set(token, parsed)
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
      const expression = vm.current().root?.expressions.get(token)
      return expression === undefined ? Status.NotFound : evaluateFor(vm, expression)
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

function evaluateFor(vm: Vm, expression: CelNode): Uint8Array | Status {
  const context = vm.current()
  const scope = (name: string): CelValue | undefined => {
    const found = context.attribute(name)
    return found === undefined ? undefined : celOf(found)
  }
  try {
    return serializeCel(evaluateCel(expression, scope)) ?? Status.SerializationFailure
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    vm.log("debug", `expr_evaluate value error: ${error.message}`)
    return Status.InternalFailure
  }
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
  return vm.hand(result, addressAt, sizeAt, result !== nothing)
}
