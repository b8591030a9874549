/** Keeps the tab's title: how much is unread, and where one is. */
export function followTitle(chat) {
  const show = () => {
    const count = chat.unread > 0 ? `(${chat.unread}) ` : '';
    const room = chat.active === undefined ? '' : `#${chat.active} – `;
    const title = `${count}${room}Roomcast`;
    if (document.title !== title) document.title = title;
  };
  chat.addEventListener('unread', show);
  chat.addEventListener('panes', show);
  show();
}
