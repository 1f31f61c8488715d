// The form in which asc loads a transform by name: `"transform": ["@attache/wasm-sdk/transform"]`.
export { dropUnusedCallbacks as afterInitialize } from "./unused-callbacks.ts"
