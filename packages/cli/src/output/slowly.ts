import { say } from "./format.ts"

/** Does some work, and says what it is when it takes longer than a second. */
export async function slowly<T>(text: string, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => say(`${text} …`), 1_000)
  try {
    return await work()
  } finally {
    clearTimeout(timer)
  }
}
