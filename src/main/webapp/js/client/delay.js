/** The longest that setTimeout knows; a longer one would end at once. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * @param {unknown} ms as a server named it
 * @returns {number} milliseconds that can be waited for; 0 for what is no time
 */
export const delayOf = (ms) => (ms > 0 ? Math.min(Number(ms), LONGEST_MS) : 0);
