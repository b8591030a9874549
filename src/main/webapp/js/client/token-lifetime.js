/**
 * How long a token is good that has just been given out, as far as it says so itself.
 *
 * @param {string} token a JSON Web Token
 * @returns {number|undefined} milliseconds; undefined if it does not say
 */
export function lifetimeOf(token) {
  try {
    const payload = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    const { exp, iat } = JSON.parse(atob(payload));
    // By one clock where it can be: that of this machine may be wrong.
    const seconds = exp - (iat ?? Date.now() / 1_000);
    return seconds > 0 ? seconds * 1_000 : undefined;
  } catch {
    return undefined;
  }
}
