package io.roomcast.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Tokens;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The chat page of a server that lets nobody in without a token. */
@Timeout(120)
class TokenDialogIT {
    @RegisterExtension
    static final Chromium CHROMIUM = new Chromium();

    @AutoClose
    private static EmbeddedServer server;

    @BeforeAll
    static void start() {
        server = EmbeddedServer.start(Map.of(
                "roomcast.auth", "token",
                "roomcast.auth.secret", Tokens.SECRET,
                "roomcast.token.default-permissions", Tokens.MEMBER));
    }

    @Test
    void itAsksForATokenUntilOneIsTakenAndKeepsItToItself() {
        List<String> addresses = new ArrayList<>();
        try (ChatPage ann = ChatPage.with(CHROMIUM.browser())) {
            ann.page().onRequest(request -> addresses.add(request.url()));
            ann.page().onWebSocket(socket -> addresses.add(socket.url()));
            ann.page().navigate(server.uri().resolve("#lobby").toString());
            ann.field("Your name").fill("nobody");
            ann.page().keyboard().press("Enter");

            Locator dialog = ann.page().locator("#token");
            Locator field = ann.page().getByLabel("Token");
            assertThat(dialog).isVisible();
            assertThat(field).isFocused();
            assertThat(field).hasAttribute("type", "password");
            assertThat(dialog.getByRole(AriaRole.ALERT)).containsText("a token is needed");

            ann.page().keyboard().press("Enter");
            assertThat(dialog).containsText("Paste a token.");
            ann.page().keyboard().type("not.a.token");
            ann.page().keyboard().press("Enter");
            assertThat(dialog).isVisible();
            assertThat(field).isFocused();
            assertThat(field).hasAttribute("aria-invalid", "true");

            String token = Tokens.signed(Tokens.of("ann", Duration.ofHours(1)));
            field.fill(token);
            ann.page().keyboard().press("Enter");
            assertThat(ann.page().locator(".topbar")).hasAttribute("data-online", "true");
            assertThat(dialog).isHidden();
            ann.say("lobby", "it is me");
            assertThat(ann.room("lobby").locator(".sender")).hasText("ann");

            ann.page().reload();
            assertThat(ann.page().locator(".topbar")).hasAttribute("data-online", "true");
            assertFalse(ann.page().content().contains(token), "the page does not show it");
            addresses.add(ann.page().url());
            assertFalse(addresses.stream().anyMatch(address -> address.contains(token)), "in no address");
            assertEquals(
                    false, ann.page().evaluate("token => JSON.stringify({...localStorage}).includes(token)", token));
            assertEquals(List.of(), ann.failures());
        }
    }

    @Test
    void aTokenThatEndsIsAskedForAgain() {
        try (ChatPage bob = ChatPage.with(CHROMIUM.browser())) {
            bob.page().navigate(server.uri().resolve("#lobby").toString());
            bob.field("Your name").fill("bob");
            bob.page().keyboard().press("Enter");
            // It is good from when it is made, not from when it is asked for.
            assertThat(bob.page().getByLabel("Token")).isVisible();
            bob.page().getByLabel("Token").fill(Tokens.signed(Tokens.of("bob", Duration.ofSeconds(6))));
            bob.page().keyboard().press("Enter");
            assertThat(bob.page().locator(".topbar")).hasAttribute("data-online", "true");
            assertThat(bob.page().locator("#token")).containsText("Expired");
            bob.page().keyboard().press("Escape");
            assertThat(bob.page().locator("#token")).isHidden();
            bob.button("Connect again").click();
            assertThat(bob.page().locator("#token")).isVisible();
            assertEquals(List.of(), bob.failures());
        }
    }
}
