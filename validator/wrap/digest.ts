/**
 * Noticing that bytes were changed.
 *
 * @module
 */

/** At most so many bytes are looked at, evenly spread. */
const MAX_SAMPLES = 16_384;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Makes a number of bytes, so that a later change shows: FNV-1a, of a sample
 * where there is much. It is dear, and only for rules that ask for it.
 *
 * @param bytes The bytes.
 * @param length How many they are; 0 if their buffer is gone.
 * @returns The number.
 */
export function digest(bytes: Uint8Array, length: number): number {
  const step = Math.max(1, Math.floor(length / MAX_SAMPLES));
  let hash = FNV_OFFSET;
  for (let i = 0; i < length; i += step) {
    hash = Math.imul(hash ^ bytes[i]!, FNV_PRIME);
  }
  return hash;
}
