/** Randomness as a parameter. The real one is `systemRandomness` of `io/host`. */
export interface Randomness {
  /** That many bytes, unpredictable to anybody else. */
  bytes(count: number): Uint8Array
  /** A UUID, version 4. */
  uuid(): string
}
