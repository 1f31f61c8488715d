import { registerFilter, StreamContext } from "@attache/wasm-sdk/assembly"

registerFilter("", (root) => new StreamContext(root))
