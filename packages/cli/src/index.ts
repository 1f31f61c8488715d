export { codes } from "./codes.ts"
export { type ExitCode, exitCodes } from "./exit.ts"
