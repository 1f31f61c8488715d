/** A compiled module, as the engine gives it. */
export interface CompiledModule {
  readonly [Symbol.toStringTag]: string
}

/** A memory of an instance. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/** An instance with its exports. */
export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>
}

interface Engine {
  readonly RuntimeError: new (message?: string) => Error

  readonly Module: new (bytes: Uint8Array) => CompiledModule
  readonly Instance: new (
    module: CompiledModule,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => WasmInstance
  readonly Memory: new (descriptor: { initial: number; maximum?: number }) => WasmMemory
  readonly Table: new (descriptor: { element: "anyfunc" | "externref"; initial: number; maximum?: number }) => unknown
}

/**
 * The WebAssembly engine of the runtime: V8 in Node and Chromium.
 *
 * Typed here because the library of types for browsers is not loaded in this repository.
 */
export const engine: Engine = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly

/** What a host call throws in a phase that forbids it; Envoy's words. */
export const restrictedText = "restricted_callback"

/** Whether an error that came out of a module is the module's own: a trap, a full stack, a forbidden host call, an exception it threw. */
export function isTrap(error: unknown): boolean {
  if (!(error instanceof Error)) return true
  const isOwn = [engine.RuntimeError, RangeError].some((kind) => error instanceof kind)
  return isOwn || isFullElsewhere(error) || error.message === restrictedText
}

/** The engine's words for a trap. */
export function trapWords(error: unknown): string {
  return isFullElsewhere(error) ? "RangeError: Maximum call stack size exceeded" : String(error)
}

/** V8's reasons for calling a regular expression invalid: it is compiled when it is first needed, and the stack was full by then. */
const fullReasons = [": Maximum call stack size exceeded", ": Stack overflow"]

function isFullElsewhere(error: unknown): boolean {
  return error instanceof SyntaxError && fullReasons.some((reason) => error.message.endsWith(reason))
}
