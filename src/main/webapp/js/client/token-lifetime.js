/** Less than this may be left by a clock that is wrong, and would have tokens asked for all the time. */
const SHORTEST_S = 10;

/**
 * How long a token is good, as far as it says so itself. It may have been given out a while ago. The clock of this
 * machine may be wrong: so it shortens the life of a token, and never ends it.
 *
 * @param {string} token a JSON Web Token
 * @returns {number|undefined} milliseconds; undefined if it does not say
 */
export function lifetimeOf(token) {
  try {
    const payload = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    const { exp, iat } = JSON.parse(atob(payload));
    const now = Date.now() / 1_000;
    const left = exp - now;
    const life = exp - (iat ?? now);
    const seconds = left > 0 ? Math.min(life, Math.max(left, SHORTEST_S)) : life;
    return seconds > 0 ? seconds * 1_000 : undefined;
  } catch {
    return undefined;
  }
}
