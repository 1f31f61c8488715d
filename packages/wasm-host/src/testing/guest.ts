import { callbacksOf } from "../abi/callbacks.ts"
import { envFunctions, wasiFunctions } from "../abi/host-functions.ts"
import { parseSignature, printSignature, type Signature, type ValueType } from "../abi/signature.ts"
import { joinBytes, utf8 } from "../byte-string.ts"

/** One host call with constant arguments; its status shows in the trace. */
export type GuestCall = readonly [name: string, ...args: (number | bigint)[]]

/**
 * A step of a callback: a host call, a trap, a loop without end, a call of itself without end, growth of the memory as far
 * as it goes, or instructions that leave the stack as it was.
 */
export type GuestStep = GuestCall | "trap" | "loop" | "recurse" | "grow" | { readonly code: readonly number[] }

/** A small module: what its callbacks do, what its memory holds, which marker it has. */
export interface GuestSpec {
  readonly callbacks?: Readonly<Record<string, readonly GuestStep[]>>
  /** What callbacks with a result return; default 1 for start, configure and done, else 0. */
  readonly returns?: Readonly<Record<string, number>>
  /** Texts by address; the allocator gives addresses from 32768. */
  readonly data?: Readonly<Record<number, string | Uint8Array>>
  /** Default `proxy_abi_version_0_2_1`; null for none. */
  readonly marker?: string | null
  /** Default `malloc`; null for none. */
  readonly allocator?: string | null
  /** Steps of the allocator before it answers. */
  readonly allocatorSteps?: readonly GuestStep[]
  /** What the allocator always answers. Default: the next free address. */
  readonly allocatorResult?: number
  /** Imports that need not be called: module, name, signature. */
  readonly imports?: readonly (readonly [module: string, name: string, signature: string])[]
  /** Steps of a Wasm start section. */
  readonly startSection?: readonly GuestStep[]
  /** Other exports with a signature and no body to speak of. */
  readonly exports?: Readonly<Record<string, string>>
  /** Whether functions get names. */
  readonly hasNames?: boolean
  /** Pages of memory, default 2. */
  readonly pages?: number
}

const opcode = {
  unreachable: 0x00,
  loop: 0x03,
  br: 0x0c,
  end: 0x0b,
  call: 0x10,
  drop: 0x1a,
  i32: 0x41,
  i64: 0x42,
  globalGet: 0x23,
  globalSet: 0x24,
  localGet: 0x20,
  add: 0x6a,
} as const
const valueTypes: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
  funcref: 0x70,
  externref: 0x6f,
}

interface Fn {
  readonly name: string
  readonly signature: Signature
  readonly body: (index: (name: string) => number) => number[]
}

/** The bytes of a guest. Imports are what its steps call, from `env` or WASI. */
export function buildGuest(spec: GuestSpec): Uint8Array {
  const steps = [
    ...Object.values(spec.callbacks ?? {}).flat(),
    ...(spec.allocatorSteps ?? []),
    ...(spec.startSection ?? []),
  ]
  const called = [...new Set(steps.flatMap((step) => (isCall(step) ? [step[0]] : [])))]
  const imports = [
    ...called.map((name) => ({
      module: envFunctions.has(name) ? "env" : "wasi_snapshot_preview1",
      name,
      signature: signatureOf(name),
    })),
    ...(spec.imports ?? []).map(([module, name, text]) => ({ module, name, signature: parseSignature(text) })),
  ]
  const functions = functionsOf(spec)
  // Functions of the module itself come after its imports.
  const index = (name: string): number => {
    const imported = imports.findIndex((one) => one.name === name)
    return imported >= 0 ? imported : imports.length + functions.findIndex((one) => one.name === name)
  }
  const signatures = [...imports, ...functions].map(({ signature }) => signature)
  const types = [...new Set(signatures.map(printSignature))]
  const typeIndex = (signature: Signature): number => types.indexOf(printSignature(signature))
  const exported = functions.filter(({ name }) => !name.startsWith("$"))
  const startIndex = functions.findIndex(({ name }) => name === "$start")
  return joinBytes([
    Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0),
    section(1, vector(types.map((text) => typeBytes(parseSignature(text))))),
    section(
      2,
      vector(
        imports.map(({ module, name, signature }) => [...text(module), ...text(name), 0, ...leb(typeIndex(signature))]),
      ),
    ),
    section(3, vector(functions.map(({ signature }) => leb(typeIndex(signature))))),
    section(5, vector([[0, ...leb(spec.pages ?? 2)]])),
    section(6, vector([[0x7f, 1, opcode.i32, ...signed(32768n), opcode.end]])),
    section(
      7,
      vector([
        [...text("memory"), 2, 0],
        ...exported.map(({ name }) => [
          ...text(name),
          0,
          ...leb(imports.length + functions.findIndex((f) => f.name === name)),
        ]),
      ]),
    ),
    ...(startIndex < 0 ? [] : [section(8, leb(imports.length + startIndex))]),
    section(10, vector(functions.map(({ body }) => sized([0, ...body(index), opcode.end])))),
    section(
      11,
      vector(
        Object.entries(spec.data ?? {}).map(([address, value]) => [
          0,
          opcode.i32,
          ...signed(BigInt(address)),
          opcode.end,
          ...sized([...(typeof value === "string" ? utf8(value) : value)]),
        ]),
      ),
    ),
    ...(spec.hasNames === true ? [nameSection(imports.length, functions)] : []),
  ])
}

function functionsOf(spec: GuestSpec): readonly Fn[] {
  const marker = spec.marker === undefined ? "proxy_abi_version_0_2_1" : spec.marker
  const version = marker === "proxy_abi_version_0_1_0" ? "0.1.0" : "0.2.1"
  const known = new Map(callbacksOf(version).map(({ name, signature }) => [name, signature]))
  const allocator = spec.allocator === undefined ? "malloc" : spec.allocator
  const fixed = spec.allocatorResult
  const bump =
    fixed !== undefined
      ? [opcode.i32, ...signed(BigInt.asIntN(32, BigInt(fixed)))]
      : [opcode.globalGet, 0, opcode.globalGet, 0, opcode.localGet, 0, opcode.add, opcode.globalSet, 0]
  const empty: Signature = { params: [], results: [] }
  return [
    ...(marker === null ? [] : [{ name: marker, signature: empty, body: () => [] }]),
    ...(allocator === null
      ? []
      : [
          {
            name: allocator,
            signature: parseSignature("i32 -> i32"),
            body: (index: (name: string) => number) => [...code(spec.allocatorSteps ?? [], index, allocator), ...bump],
          },
        ]),
    ...Object.entries(spec.callbacks ?? {}).map(([name, steps]): Fn => {
      const signature = known.get(name) ?? empty
      const result = spec.returns?.[name] ?? (/_(vm_start|configure|done)$/.test(name) ? 1 : 0)
      return {
        name,
        signature,
        body: (index) => [
          ...code(steps, index, name, signature),
          ...(signature.results.length === 0 ? [] : [opcode.i32, ...signed(BigInt(result))]),
        ],
      }
    }),
    ...Object.entries(spec.exports ?? {}).map(
      ([name, type]): Fn => ({ name, signature: parseSignature(type), body: () => [opcode.unreachable] }),
    ),
    ...(spec.startSection === undefined
      ? []
      : [
          {
            name: "$start",
            signature: empty,
            body: (index: (name: string) => number) => code(spec.startSection ?? [], index, "$start", empty),
          },
        ]),
  ]
}

function isCall(step: GuestStep): step is GuestCall {
  return Array.isArray(step)
}

/** `memory.grow` by 16 pages until it fails. */
const growAll = [opcode.loop, 0x40, opcode.i32, 16, 0x40, 0, opcode.i32, 0x7f, 0x47, 0x0d, 0, opcode.end]

function code(
  steps: readonly GuestStep[],
  index: (name: string) => number,
  self: string,
  { params: own, results: answers }: Signature = { params: ["i32"], results: ["i32"] },
): number[] {
  return steps.flatMap((step) => {
    if (step === "trap") return [opcode.unreachable]
    if (step === "loop") return [opcode.loop, 0x40, opcode.br, 0, opcode.end]
    if (step === "grow") return growAll
    if (step === "recurse") {
      const again = own.flatMap((_, i) => [opcode.localGet, ...leb(i)])
      return [...again, opcode.call, ...leb(index(self)), ...answers.map(() => opcode.drop)]
    }
    if (!isCall(step)) return [...step.code]
    const [name, ...args] = step
    const { params, results } = signatureOf(name)
    const pushed = params.flatMap((type, i) => [
      type === "i64" ? opcode.i64 : opcode.i32,
      ...signed(BigInt.asIntN(type === "i64" ? 64 : 32, BigInt(args[i] ?? 0))),
    ])
    return [...pushed, opcode.call, ...leb(index(name)), ...(results.length === 0 ? [] : [opcode.drop])]
  })
}

function signatureOf(name: string): Signature {
  const found = envFunctions.get(name) ?? wasiFunctions.get(name)
  if (found === undefined) throw new Error(`no host call ${name}`)
  return found.signature
}

function nameSection(first: number, functions: readonly Fn[]): Uint8Array {
  const names = vector(functions.map(({ name }, i) => [...leb(first + i), ...text(name)]))
  return section(0, [...text("name"), 1, ...sized(names)])
}

function typeBytes({ params, results }: Signature): number[] {
  return [
    0x60,
    ...vector(params.map((type) => [valueTypes[type]])),
    ...vector(results.map((type) => [valueTypes[type]])),
  ]
}

function section(id: number, content: readonly number[]): Uint8Array {
  return Uint8Array.from([id, ...sized(content)])
}

function sized(content: readonly number[]): number[] {
  return [...leb(content.length), ...content]
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...leb(items.length), ...items.flat()]
}

function text(value: string): number[] {
  return sized([...utf8(value)])
}

function leb(value: number): number[] {
  const out: number[] = []
  let rest = value
  do {
    const part = rest % 128
    rest = Math.floor(rest / 128)
    out.push(rest > 0 ? part + 128 : part)
  } while (rest > 0)
  return out
}

function signed(value: bigint): number[] {
  const out: number[] = []
  for (let rest = value; ; ) {
    const part = Number(rest & 127n)
    rest >>= 7n
    if ((rest === 0n && part < 64) || (rest === -1n && part >= 64)) return [...out, part]
    out.push(part + 128)
  }
}
