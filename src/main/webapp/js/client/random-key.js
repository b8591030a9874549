/**
 * A key for one publish: 128 random bits in 32 hex digits. Not `crypto.randomUUID`, which browsers offer to secure
 * contexts only; a page may well be served over plain http inside a company.
 *
 * @returns {string}
 */
export function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
