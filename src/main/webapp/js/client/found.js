/**
 * The question of a search. What is undefined is not sent.
 *
 * @param {string} text
 * @param {object} [options] see Roomcast.search
 */
export const searchFrame = (text, { user, from, to, cursor, limit } = {}) =>
  ({ type: 'search', text, user, from: from?.valueOf(), to: to?.valueOf(), cursor, limit });

/**
 * A page of a search as applications see it.
 *
 * @param {object} results the frame
 * @param {string} self the id of this user
 */
export const foundPage = ({ messages, more = false, cursor }, self) => ({
  messages: messages.map((message) => {
    const own = message.sender === self;
    return { name: message.sender, ...message, own, replayed: true };
  }),
  more,
  cursor,
});
