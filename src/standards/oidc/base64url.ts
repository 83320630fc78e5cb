/**
 * Bytes of base64url text in its one canonical spelling (RFC 4648 §5, RFC 7515 §2), or undefined.
 * INVARIANT: no padding, no other alphabet, no white space, no unused bits set: one token has one spelling.
 */
export function decodeBase64Url(text: string): Buffer | undefined {
  // Buffer's decoder skips what it does not know; encoding again shows whether it did.
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}
