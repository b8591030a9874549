package io.roomcast.browser;

import com.microsoft.playwright.Page;

/** A page in which the client library alone runs: ann in the lobby. It notes what happens to her. */
record LibraryPage(Page page) {

    /** Connects, and waits for the room to be joined. */
    void join() {
        join("");
    }

    /** @param options of the client besides, as JavaScript writes the members of an object */
    void join(String options) {
        page.evaluate("""
                async () => {
                    const { Roomcast } = await import('/roomcast/js/roomcast.js');
                    const rc = new Roomcast({ user: 'ann', outboxLimit: 3, backoff: { baseMs: 20, capMs: 100 },
                        OPTIONS });
                    const room = rc.join('lobby');
                    Object.assign(window, { rc, room, messages: [], events: [], settled: [] });
                    room.addEventListener('message', ({ detail }) => messages.push(detail));
                    for (const type of ['joined', 'recovered', 'gap', 'delayed', 'refused', 'error']) {
                        room.addEventListener(type, ({ detail }) => events.push({ type, detail }));
                    }
                    window.say = async (text) => {
                        try {
                            settled.push(`${text} ${(await room.publish(text)).offset}`);
                        } catch (error) {
                            settled.push(`${text} ${error.code}`);
                        }
                    };
                    await room.whenJoined();
                }""".replace("OPTIONS", options));
    }

    void waitFor(String condition) {
        page.waitForFunction("() => " + condition);
    }

    Object evaluate(String expression) {
        return page.evaluate(expression);
    }

    /** Those of the messages that were delivered, in the order in which they came. */
    Object offsets() {
        return evaluate("messages.map(({ offset }) => offset)");
    }

    /** The first gap: where it begins and ends, and whether numbering began anew. */
    Object gap() {
        return evaluate("""
                () => {
                    const { from, to, renumbered } = events.find(({ type }) => type === 'gap').detail;
                    return `${from} ${to} ${renumbered}`;
                }""");
    }
}
