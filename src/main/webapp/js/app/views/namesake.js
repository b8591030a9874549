/**
 * Tells somebody that another has the same name. Others cannot tell them apart.
 *
 * @param {import('../model/chat.js').Chat} chat
 * @param {HTMLElement} banner
 * @param {{rename: () => void, focus: () => void}} actions focus: puts the cursor where the active room is written to
 */
export function namesakeBanner(chat, banner, { rename, focus }) {
  const hide = () => {
    banner.hidden = true;
    focus();
  };
  banner.querySelector('[data-action=dismiss]').addEventListener('click', hide);
  banner.querySelector('[data-action=rename]').addEventListener('click', () => {
    hide();
    rename();
  });
  // It is said once: it holds for all rooms.
  chat.addEventListener('namesake', () => {
    banner.hidden = false;
    banner.querySelector('.banner-text').textContent = `Somebody else is called ${chat.userName}, too, `
      + 'or you are here in another browser. Their messages say “not from here”.';
  }, { once: true });
}
