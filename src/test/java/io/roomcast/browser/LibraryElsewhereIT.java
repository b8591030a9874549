package io.roomcast.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.sun.net.httpserver.HttpServer;
import io.roomcast.support.Await;
import io.roomcast.support.EmbeddedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The client library in a page of another site, and on a platform other than a browser. */
@Timeout(120)
class LibraryElsewhereIT {
    private static final String USE = """
            async (library) => {
                const { Roomcast } = await import(library);
                window.reasons = [];
                window.rc = new Roomcast({ user: 'ann', backoff: { baseMs: 50, capMs: 200 } });
                rc.addEventListener('waiting', ({ detail }) => reasons.push(detail.reason));
                window.room = rc.join('lobby');
            }""";

    @RegisterExtension
    static final Chromium CHROMIUM = new Chromium();

    @Test
    void aPageThatIsNotListedIsToldWhichKeyIsMissing() throws Exception {
        try (EmbeddedServer server = EmbeddedServer.start(Map.of("roomcast.auth", "open"));
                BrowserContext browser = CHROMIUM.browser().newContext()) {
            withSite(browser, (page, site) -> {
                page.evaluate(USE, server.uri().resolve("js/roomcast.js").toString());
                page.waitForFunction("reasons.some((reason) => reason.includes('roomcast.origins'))");
                String reason = (String) page.evaluate("reasons.find((reason) => reason.includes('roomcast.origins'))");
                assertTrue(reason.contains('"' + site + '"'), reason);
                assertEquals("The server cannot be reached.", page.evaluate("reasons[0]"));
            });
        }
    }

    @Test
    void aPageThatIsListedConnectsAndSoDoesTheServersOwn() throws Exception {
        try (BrowserContext browser = CHROMIUM.browser().newContext();
                ChatPage bob = ChatPage.with(CHROMIUM.browser())) {
            withSite(browser, (page, site) -> {
                try (EmbeddedServer server =
                        EmbeddedServer.start(Map.of("roomcast.auth", "open", "roomcast.origins", site))) {
                    page.evaluate(USE, server.uri().resolve("js/roomcast.js").toString());
                    page.waitForFunction("room.state === 'joined'");
                    bob.enter(server.uri(), "bob", "lobby");
                }
            });
        }
    }

    /** As the library ws does for Node.js: an event that nobody listens to is an error of the program. */
    @Test
    void aPlatformThatInsistsOnAListenerForErrorsIsNotLeftWithoutOne() {
        try (EmbeddedServer server = EmbeddedServer.start();
                ChatPage ann = ChatPage.with(CHROMIUM.browser())) {
            Page page = ann.page();
            page.navigate(server.uri().resolve("img/favicon.svg").toString());
            page.evaluate("""
                    async () => {
                        const { Roomcast } = await import('/js/roomcast.js');
                        class Insisting {
                            #listeners = new Map();
                            readyState = 0;
                            constructor() {
                                setTimeout(() => {
                                    if (!this.#listeners.has('error')) window.died = true;
                                    this.#listeners.get('error')?.({});
                                    this.#listeners.get('close')({ code: 1006, reason: '' });
                                });
                            }
                            addEventListener(type, listener) {
                                this.#listeners.set(type, listener);
                            }
                            close() {}
                        }
                        window.waits = 0;
                        window.rc = new Roomcast({
                            WebSocket: Insisting, transport: 'websocket', backoff: { baseMs: 10, capMs: 20 },
                        });
                        rc.addEventListener('waiting', () => { waits += 1; });
                    }""");
            // Not by Page#waitForFunction, which the policy of the page forbids.
            Await.until("it has tried three times", () -> (boolean) page.evaluate("waits > 2"));
            assertEquals(false, page.evaluate("() => { rc.close(); return window.died === true; }"));
        }
    }

    /** A page of another site on this machine, and the origin of that site. */
    private static void withSite(BrowserContext browser, BiConsumer<Page, String> test) throws IOException {
        HttpServer site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.createContext("/", exchange -> {
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/") ? 200 : 404, -1);
            exchange.close();
        });
        site.start();
        try {
            Page page = browser.newPage();
            String origin = "http://127.0.0.1:" + site.getAddress().getPort();
            page.navigate(origin + "/");
            test.accept(page, origin);
        } finally {
            site.stop(0);
        }
    }
}
