import { spawnSupervised } from "../src/supervised-spawn.ts"

// Starts a long program under supervision, tells its process id, and hangs until it is killed.
const [removeDirectory = "", program = "", ...args] = process.argv.slice(2)
const child = await spawnSupervised(program, args, { removeDirectory })
process.stdout.write(`${child.pid}\n`)
setInterval(() => undefined, 1_000)
