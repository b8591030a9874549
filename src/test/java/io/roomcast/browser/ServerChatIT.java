package io.roomcast.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.CuttableProxy;
import io.roomcast.support.TestServer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The chat page as an application server serves it, below the path of the application. */
@Tag("server")
@Timeout(180)
class ServerChatIT {
    @RegisterExtension
    static final Chromium CHROMIUM = new Chromium();

    /** Of this test's own: other tests have people in theirs who may not be gone yet. */
    private static final String ROOM = TestServer.newRoom();

    private static final URI SERVER = URI.create(System.getProperty("roomcast.uri"));

    @Test
    void twoPeopleTalkAndOneWhoWasAwayMissesNothing() throws Exception {
        try (CuttableProxy network = CuttableProxy.before(SERVER);
                ChatPage ann = ChatPage.with(CHROMIUM.browser());
                ChatPage bob = ChatPage.with(CHROMIUM.browser())) {
            List<String> requests = new ArrayList<>();
            ann.page().onRequest(request -> requests.add(request.url()));
            ann.enter(network.uri().resolve(SERVER.getPath()), "ann", ROOM);
            assertTrue(requests.size() <= ChatPage.FIRST_REQUESTS, requests.toString());
            bob.enter(SERVER, "bob", ROOM);

            ann.say(ROOM, "Grüße 😀");
            assertThat(bob.texts(ROOM)).hasText(new String[] {"Grüße 😀"});
            assertThat(ann.message(ROOM, "Grüße 😀")).hasAttribute("data-state", "stored");
            bob.box(ROOM).pressSequentially("Yes");
            assertThat(ann.room(ROOM).getByText("bob is typing…")).isVisible();
            bob.box(ROOM).press("Enter");
            assertThat(ann.texts(ROOM)).hasText(new String[] {"Grüße 😀", "Yes"});
            assertThat(ann.page().locator(".person-name")).hasText(new String[] {"ann", "bob"});

            network.cut();
            assertThat(ann.banner()).containsText("The connection was lost.");
            bob.say(ROOM, "missed");
            assertThat(bob.message(ROOM, "missed")).hasAttribute("data-state", "stored");
            network.mend();
            assertThat(ann.texts(ROOM)).hasText(new String[] {"Grüße 😀", "Yes", "missed"});

            bob.page().close();
            assertThat(ann.page().locator(".person-name")).hasText(new String[] {"ann"});
            assertEquals(List.of(), ann.failures());
            assertEquals(List.of(), bob.failures());
        }
    }
}
