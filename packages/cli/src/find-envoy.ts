import { type FoundEnvoy, findEnvoy } from "@attache/envoy"
import { isOn, type Options, textOf } from "./options.ts"
import { installProgress } from "./output/install-progress.ts"

/** The Envoy that the options ask for; fetches one, with progress, when there is none. Errors as in `findEnvoy`. */
export async function findEnvoyFor(options: Options): Promise<FoundEnvoy> {
  const envoyPath = textOf(options, "envoyPath")
  const version = textOf(options, "envoyVersion")
  const progress = installProgress()
  try {
    return await findEnvoy({
      ...(envoyPath === undefined ? {} : { envoyPath }),
      ...(version === undefined ? {} : { version }),
      offline: isOn(options, "offline"),
      onProgress: progress.show,
    })
  } finally {
    progress.end()
  }
}
