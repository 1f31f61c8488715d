import { AttacheError } from "@attache/base"
import type { Translator } from "@attache/translate"

/**
 * Pulls all snapshots and statuses until no module is on its way.
 *
 * Errors: ATT_CLI_TRANSLATE_TIMEOUT after `seconds`.
 */
export async function settle(translator: Translator, seconds: number): Promise<void> {
  pull(translator)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const text = `modules did not arrive within ${seconds} s`
      reject(
        new AttacheError("ATT_CLI_TRANSLATE_TIMEOUT", text, {
          retry: "later",
          hint: "raise --timeout, or check the modules' URLs",
        }),
      )
    }, seconds * 1000)
  })
  try {
    while (translator.pending() > 0) {
      await Promise.race([translator.settled(), late])
      pull(translator)
    }
  } finally {
    clearTimeout(timer)
    late.catch(() => {})
  }
}

function pull(translator: Translator): void {
  for (const key of translator.proxyKeys()) translator.snapshot(key)
  translator.statuses()
}
