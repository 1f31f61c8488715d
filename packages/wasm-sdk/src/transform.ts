// The form in which asc loads a transform by name: `"transform": ["@attache/wasm-sdk/transform"]`.
export { writeProducers as afterCompile } from "./producers.ts"
export { dropUnusedCallbacks as afterInitialize } from "./unused-callbacks.ts"
