// One verb of the command line, whose code is loaded when it is asked for, so that help costs nothing.
import { type Command, Option } from "commander"
import type { ExitCode } from "./exit.ts"
import { type Format, formats } from "./output/format.ts"

/** Runs one verb: gets its arguments and options, gives the exit code. */
type Run = (args: readonly string[], options: Readonly<Record<string, unknown>>) => Promise<ExitCode>

/** Verbs by name: each adds itself to a command. Options are made for those alone that are added, which takes 3 ms for all. */
export type Verbs = Readonly<Record<string, (parent: Command) => void>>

/** Adds a verb whose code is in a module of its own. */
export function verb(
  parent: Command,
  name: string,
  description: string,
  example: string,
  load: () => Promise<{ readonly run: Run }>,
): Command {
  const command = parent
    .command(name)
    .description(description)
    .addOption(new Option("-o, --output <form>", "form of the output").choices([...formats]).default("text"))
    .addHelpText("after", `\nExample:\n  ${example}`)
  return command.action(async (...given: unknown[]) => {
    const options = command.opts<Record<string, unknown>>()
    const args = given
      .slice(0, -2)
      .flat()
      .filter((value): value is string => typeof value === "string")
    process.exitCode = await guarded(async () => (await load()).run(args, options), options.output as Format)
  })
}

async function guarded(run: () => Promise<ExitCode>, format: Format): Promise<ExitCode> {
  try {
    return await run()
  } catch (error) {
    const { reportFailure } = await import("./output/failure.ts")
    const code = await reportFailure(error, format)
    // What a verb has given up waiting for, a module that does not come, must not keep it from ending.
    setTimeout(() => process.exit(code), 0).unref()
    return code
  }
}

/** Values of an option that may be repeated. */
export const collect = (value: string, list: readonly string[] = []): readonly string[] => [...list, value]
