import { followAddress } from './address.js';
import { Chat } from './model/chat.js';
import { handOverUnsent } from './model/outgoing.js';
import { preferences } from './model/preferences.js';
import { describeShortcuts, listenToShortcuts } from './shortcuts.js';
import { followTitle } from './title.js';
import { Banner } from './views/banner.js';
import { Drawers } from './views/drawers.js';
import { namesakeBanner } from './views/namesake.js';
import { Panes } from './views/panes.js';
import { People } from './views/people.js';
import { renameDialog } from './views/rename.js';
import { RoomList } from './views/room-list.js';
import { Search } from './views/search.js';
import { Switcher } from './views/switcher.js';
import { tokenDialog } from './views/token.js';
import { themeButton } from './views/theme-button.js';
import { Topbar } from './views/topbar.js';

/** From these widths on, one more room fits beside the others. */
const COLUMNS_FROM = ['(min-width: 1000px)', '(min-width: 1500px)', '(min-width: 2000px)'];
/** From here on the people list is shown unless it was closed; from here on lists stand beside the rooms at all. */
const ROOMY = '(min-width: 1100px)';
const WIDE = '(min-width: 760px)';

/** The page of somebody who chats: makes the parts and connects them. */
export class ChatPage {
  #root = document.getElementById('app');
  #people = document.getElementById('people');
  #wide = matchMedia(WIDE);
  #roomy = matchMedia(ROOMY);
  #drawers = new Drawers(this.#root, this.#wide);
  #chat;
  #panes;
  #peopleView;
  #switcher;
  #search;
  /** The page is about to begin anew, with all that was not sent. */
  #restarts = false;

  /** @param {string} user */
  constructor(user) {
    this.#chat = new Chat(user);
  }

  /**
   * @param {string[]} rooms the rooms to be in
   * @param {string[]} panes those of them to show
   * @param {string} active the room to begin with; may be a new one
   */
  open(rooms, panes, active) {
    const chat = this.#chat;
    this.#followWidth();
    for (const name of rooms) chat.restore(name);
    for (const name of panes.filter((pane) => rooms.includes(pane))) chat.open(name, { beside: true });
    const first = active || chat.active || rooms[0];
    if (first) chat.open(first);
    this.#root.hidden = false;
    this.#makeViews();
    this.#listen();
    this.#showPeople(preferences.people.get() ?? this.#roomy.matches);
    this.#panes.focus();
  }

  #makeViews() {
    const chat = this.#chat;
    const focus = () => this.#afterChoice();
    this.#panes = new Panes(chat, this.#root.querySelector('.panes'), {
      togglePeople: () => this.#togglePeople(),
      join: () => this.#switcher.show(),
      focus: () => this.#panes.focus(),
    });
    new RoomList(chat, this.#root.querySelector('.room-list'), focus);
    new Topbar(chat, this.#root.querySelector('.topbar'));
    new Banner(chat.client, chat.status, this.#root.querySelector('.banner'));
    this.#peopleView = new People(chat, this.#people);
    this.#switcher = new Switcher(chat, document.getElementById('switcher'), focus);
    this.#search = new Search(chat, document.getElementById('search'), () => this.#drawers.close());
    themeButton(this.#root.querySelector('[data-action=theme]'));
    tokenDialog(chat.client, document.getElementById('token'), (token) => this.#beginAs(token));
    describeShortcuts(document.querySelector('.shortcuts'));
    followAddress(chat);
    followTitle(chat);
  }

  #listen() {
    const chat = this.#chat;
    const help = () => document.getElementById('help').showModal();
    const join = () => this.#switcher.show();
    const search = () => this.#search.show();
    const rename = renameDialog(document.getElementById('rename'), (name) => this.#rename(name));
    const step = (by, options) => () => {
      chat.step(by, options);
      this.#panes.focus();
    };
    window.addEventListener('beforeunload', (event) => {
      if (!this.#restarts && chat.unsent > 0) event.preventDefault();
    });
    this.#wide.addEventListener('change', () => this.#showPeople(preferences.people.get() ?? this.#roomy.matches));
    const on = (selector, listener) => this.#root.querySelector(selector).addEventListener('click', listener);
    on('.skip-link', () => this.#panes.focus());
    on('[data-action=rooms]', () => this.#drawers.toggle('rooms'));
    on('[data-action=join]', join);
    on('[data-action=help]', help);
    on('[data-action=search]', search);
    on('.topbar [data-action=name]', () => rename(chat.user));
    namesakeBanner(chat, this.#root.querySelector('.namesake-banner'), {
      rename: () => rename(chat.user),
      focus: () => this.#panes.focus(),
    });
    on('[data-action=people-close]', () => this.#togglePeople());
    listenToShortcuts({
      join,
      search,
      help,
      people: () => this.#togglePeople(),
      next: step(1),
      previous: step(-1),
      nextUnread: step(1, { unreadOnly: true }),
      previousUnread: step(-1, { unreadOnly: true }),
    });
  }

  /** A room was chosen from a list: that list has served. */
  #afterChoice() {
    this.#drawers.close();
    this.#panes.focus();
  }

  #togglePeople() {
    if (this.#wide.matches) {
      preferences.people.set(this.#people.hidden);
      this.#showPeople(this.#people.hidden);
    } else {
      this.#people.hidden = false;
      this.#drawers.toggle('people');
      this.#peopleView.show();
    }
  }

  #showPeople(shown) {
    this.#people.hidden = !this.#wide.matches || !shown;
    this.#peopleView.show();
  }

  #followWidth() {
    const queries = COLUMNS_FROM.map((query) => matchMedia(query));
    const measure = () => { this.#chat.capacity = 1 + queries.filter(({ matches }) => matches).length; };
    for (const query of queries) query.addEventListener('change', measure);
    measure();
  }

  /** Another token may be somebody else: the page begins anew with it. */
  #beginAs(token) {
    preferences.token.set(token);
    this.#restart();
  }

  /** Another name is another session: the page begins anew with it. */
  #rename(name) {
    const { user } = this.#chat;
    if (name === user) return;
    preferences.user.set(name);
    this.#restart(() => {
      handOverUnsent(user, name);
      preferences.readMarksOf(name).set(preferences.readMarksOf(user).get());
    });
  }

  /** @param {() => void} [prepare] called when all that was under way has ended */
  #restart(prepare = () => {}) {
    this.#restarts = true;
    this.#chat.close();
    setTimeout(() => {
      prepare();
      location.reload();
    });
  }
}
