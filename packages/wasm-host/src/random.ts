/** Pseudo-random bytes that are the same for the same seed. */
export interface Random {
  fill(bytes: Uint8Array): void
}

/** A generator (xorshift, 32 bit). @param seed any number; 0 is taken as 1 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0 || 1
  return {
    fill: (bytes) => {
      for (let i = 0; i < bytes.length; i++) {
        state ^= state << 13
        state ^= state >>> 17
        state ^= state << 5
        bytes[i] = state >>> 24
      }
    },
  }
}
