import { roomInAddress } from './address.js';
import { ChatPage } from './chat-page.js';
import { preferences } from './model/preferences.js';
import { welcome } from './views/welcome.js';

/** Begins: asks who is there, unless this browser knows, and opens the chat. */
async function begin() {
  let room = roomInAddress();
  let user = preferences.user.get();
  const rooms = preferences.rooms.get();
  if (!user || (!room && rooms.length === 0)) {
    ({ user, room } = await welcome(document.getElementById('welcome'), { user, room }));
    preferences.user.set(user);
  }
  new ChatPage(user).open(rooms, preferences.panes.get(), room);
}

begin();
