// The command: finds the verb that is asked for.
import { Command, CommanderError } from "commander"
import { exitCodes } from "./exit.ts"
import { verbs } from "./verbs.ts"

const program = new Command("attache")
  .description("Write, test, package, attach, run and see Envoy extensions.")
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "attache: ")) })
  .showHelpAfterError("(see --help)")
  .addHelpText("after", "\nExample:\n  attache run -f gateway.yaml")

// Help and completion tell of all.
const asked = process.argv[2] ?? ""
const isOne = asked !== "completion" && Object.hasOwn(verbs, asked)
for (const [name, add] of Object.entries(verbs)) if (!isOne || name === asked) add(program)

// Whoever reads may go before the end (`| head`); the verb ends by itself, with its own exit code.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error
  })

/** Fulfilled when the verb has ended and the exit code is set. Whoever loads the command awaits it. */
export const finished = program.parseAsync(process.argv).catch((error: unknown) => {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage
})
