import { readRoom, readUser } from './name-field.js';

/**
 * The first page of somebody new: asks for a name and a room.
 *
 * @param {HTMLElement} element
 * @param {{user: string, room: string}} suggestion
 * @returns {Promise<{user: string, room: string}>}
 */
export function welcome(element, suggestion) {
  element.hidden = false;
  const form = element.querySelector('form');
  form.user.value = suggestion.user;
  if (suggestion.room) form.room.value = suggestion.room;
  form.user.focus();
  return new Promise((resolve) => {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const user = readUser(form.user);
      const room = user && readRoom(form.room);
      if (!user || !room) return;
      element.hidden = true;
      resolve({ user, room });
    });
  });
}
