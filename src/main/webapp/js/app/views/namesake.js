/**
 * Tells somebody that another has the same name. Others cannot tell them apart.
 *
 * @param {import('../model/chat.js').Chat} chat
 * @param {HTMLElement} banner
 * @param {() => void} rename
 */
export function namesakeBanner(chat, banner, rename) {
  const hide = () => { banner.hidden = true; };
  banner.querySelector('[data-action=dismiss]').addEventListener('click', hide);
  banner.querySelector('[data-action=rename]').addEventListener('click', () => {
    hide();
    rename();
  });
  chat.addEventListener('namesake', () => {
    banner.hidden = false;
    banner.querySelector('.banner-text').textContent =
      `Somebody else is called ${chat.user}, too, or you are here in another browser. Their messages say “not from here”.`;
  });
}
