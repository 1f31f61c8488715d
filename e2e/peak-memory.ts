// Loaded into a command by NODE_OPTIONS: notes the most memory that it had, when it ends.
import { readFileSync, writeFileSync } from "node:fs"

const file = process.env.ATTACHE_PEAK_FILE

if (file !== undefined) {
  process.on("exit", () => {
    // Not resourceUsage: what the parent had before it became this process counts there.
    const [, kibibytes = "0"] = /^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8")) ?? []
    writeFileSync(file, kibibytes)
  })
}
