// Runs a recorded case on a real Envoy again and compares with the recording.
import { compareReplay } from "../compare.ts"
import type { WasmCase } from "../corpus.ts"
import type { WasmVerdict } from "../judge.ts"
import { recordCase } from "./record.ts"

/** On a busy machine a line may come after the recorder stopped waiting for it; such a run is made again. */
const tries = 3

/** Whether a real Envoy does again what was recorded: the proof that a recording is not misread. */
export async function judgeOnEnvoy(item: WasmCase, envoyPath: string): Promise<WasmVerdict> {
  const input = { module: item.module, config: item.config, steps: item.expected.steps }
  for (let attempt = 1; ; attempt++) {
    const transcript = await recordCase(input, { envoyPath })
    const { differences, allowances } = compareReplay(item, { transcript }, true)
    if (differences.length === 0 || attempt === tries) {
      return { name: item.name, isEqual: differences.length === 0, differences, allowances }
    }
  }
}
