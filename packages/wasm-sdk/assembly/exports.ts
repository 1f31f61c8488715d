// Second entry file of every build, so that user code needs no exports of its own. The package path is on purpose: a
// relative one would make a second copy of the registry.
export * from "@attache/wasm-sdk/assembly/callbacks"
