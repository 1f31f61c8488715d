// Node's HTTP, loaded when it is first needed. An import statement would also load the client of the Web's fetch, which
// `node:http` exports beside its own, and TLS where nothing speaks it: 50 ms of a command's start.

/** Node's `http`. */
export const nodeHttp = () => process.getBuiltinModule("node:http")

/** Node's `https`. */
export const nodeHttps = () => process.getBuiltinModule("node:https")

/** Node's `tls`. */
export const nodeTls = () => process.getBuiltinModule("node:tls")
