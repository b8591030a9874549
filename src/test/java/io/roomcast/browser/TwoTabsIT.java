package io.roomcast.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.EmbeddedServer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two tabs of one browser share what one person has read and joined, and take nothing from each other. */
@Timeout(120)
class TwoTabsIT {
    @RegisterExtension
    static final Chromium CHROMIUM = new Chromium();

    @AutoClose
    private static EmbeddedServer server;

    private ChatPage first;
    private ChatPage second;

    @BeforeAll
    static void start() {
        server = EmbeddedServer.start();
    }

    @BeforeEach
    void open() {
        first = ChatPage.with(CHROMIUM.browser());
        second = first.anotherTab();
    }

    @AfterEach
    void close() {
        first.closeWithoutFailures();
    }

    @Test
    void onePersonInTwoTabs() {
        first.enter(server.uri(), "ann", "lobby");
        second.page().navigate(server.uri().toString());
        assertThat(second.box("lobby")).isVisible();
        second.join("ops");
        assertThat(first.listed("ops")).isVisible();
        first.join("dev");
        assertThat(second.listed("dev")).isVisible();

        try (ChatPage bob = ChatPage.with(CHROMIUM.browser())) {
            bob.enter(server.uri(), "bob", "lobby");
            bob.say("lobby", "news");
            assertThat(first.listed("lobby")).hasAccessibleName("lobby, 1 unread message");
            assertThat(second.listed("lobby")).hasAccessibleName("lobby, 1 unread message");
            second.listed("lobby").click();
            assertThat(first.listed("lobby")).hasAccessibleName("lobby");
            first.page().reload();
            assertThat(first.listed("lobby")).hasAccessibleName("lobby");
            assertThat(first.page().locator(".room-button")).hasCount(3);
        }
        // What one leaves, the other has left, unless it reads there.
        second.listed("ops").click();
        second.room("ops").getByTitle("Leave this room").click();
        assertThat(first.listed("ops")).hasCount(0);
        second.listed("dev").click();
        second.room("dev").getByTitle("Leave this room").click();
        assertThat(second.listed("dev")).hasCount(0);
        assertThat(first.box("dev")).isVisible();
        // It is no news that a tab that begins anew is where it was.
        first.page().reload();
        assertThat(first.box("dev")).isVisible();
        first.join("last");
        assertThat(second.listed("last")).isVisible();
        assertThat(second.listed("dev")).hasCount(0);
    }

    /** A tab that slept may say it late, when somebody is in the room again. */
    @Test
    void whatWasToldIsNotToldAgain() {
        first.enter(server.uri(), "ann", "lobby");
        second.page().navigate(server.uri().toString());
        second.join("ops");
        assertThat(first.listed("ops")).isVisible();
        second.page().evaluate("""
                () => {
                    window.told = [];
                    new BroadcastChannel('roomcast').onmessage = ({ data: { what, detail } }) => {
                        if (what !== 'read') window.told.push(`${what} ${detail}`);
                    };
                }""");
        second.room("ops").getByTitle("Leave this room").click();
        assertThat(first.listed("ops")).hasCount(0);
        first.join("last");
        assertThat(second.listed("last")).isVisible();
        assertEquals(List.of("left ops", "joined last"), second.page().evaluate("window.told"));
    }

    @Test
    void twoPeopleWhoShareABrowser() {
        first.enter(server.uri(), "ann", "lobby");
        second.page().navigate(server.uri().toString());
        second.page().locator("[data-action=name]").click();
        second.field("Your name").fill("bob");
        second.page().keyboard().press("Enter");
        assertThat(second.page().locator(".user-name")).hasText("bob");
        second.join("ops");
        first.join("dev");
        first.say("dev", "here");
        assertThat(second.listed("dev")).hasCount(0);

        for (ChatPage tab : List.of(first, second)) {
            tab.page().reload();
            assertThat(tab.page().locator(".room-button")).hasCount(2);
        }
        assertThat(first.page().locator(".user-name")).hasText("ann");
        assertThat(first.box("dev")).isVisible();
        assertThat(second.page().locator(".user-name")).hasText("bob");
        assertThat(second.box("ops")).isVisible();
        assertThat(first.page().locator(".room-name")).hasText(new String[] {"lobby", "dev"});

        // A new tab has the rooms of both.
        ChatPage third = first.anotherTab();
        third.page().navigate(server.uri().toString());
        assertThat(third.page().locator(".room-name")).hasText(new String[] {"lobby", "ops", "dev"});
    }
}
