package io.roomcast.nats;

import static io.roomcast.support.Stages.assertUnavailable;
import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.roomcast.nats.connection.NatsSettings;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.support.Await;
import io.roomcast.support.CapturedLog;
import io.roomcast.support.Stages;
import io.roomcast.support.nats.NatsProcess;
import io.roomcast.support.redis.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins, permissions and encryption of NATS. */
class NatsSecurityTest {
    private static final String SECRET = "p@ss:w rd";

    private final RoomName room = new RoomName("caf\u00e9");

    private static NatsSettings settings(NatsProcess nats) {
        return NatsSettings.of(List.of(nats.uri()));
    }

    private void assertServes(NatsSettings settings) {
        try (NatsNode node = NatsNode.connected(settings)) {
            node.publish(room, "a");
            get(node.relay.subscribe(room));
            node.publish(room, "b");
            node.listener.awaitCount(room, 1);
            node.watch(room);
            node.enter(room, "ann");
            node.told.awaitChanges(room, "+ann");
        }
    }

    private void assertRefused(NatsSettings settings) {
        try (NatsNode node =
                new NatsNode(settings.withTimeout(Duration.ofMillis(500)), "test", Duration.ofSeconds(2), 10)) {
            assertUnavailable(node.relay.publish(room, null, new byte[1]));
            assertUnavailable(node.relay.subscribe(room));
            assertUnavailable(node.relay.probe());
            assertUnavailable(node.store.enter(room, User.of(new UserId("ann")), "s"));
        }
    }

    @Test
    void userAndPasswordAreGiven() {
        try (NatsProcess nats = NatsProcess.launch("authorization { user: ann, password: \"" + SECRET + "\" }")) {
            assertServes(settings(nats).withLogin(new NatsSettings.Password("ann", SECRET)));
            assertRefused(settings(nats).withLogin(new NatsSettings.Password("ann", "wrong")));
            assertRefused(settings(nats));
        }
    }

    @Test
    void loginThatIsRefusedForATimeServesAfterwards() {
        String login = "authorization { user: ann, password: \"" + SECRET + "\" }";
        try (NatsProcess nats = NatsProcess.launch(login);
                CapturedLog log = CapturedLog.of("io.roomcast.nats");
                NatsNode node =
                        NatsNode.connected(settings(nats).withLogin(new NatsSettings.Password("ann", SECRET)))) {
            get(node.relay.subscribe(room));
            nats.kill();
            nats.configure(login.replace("ann", "bob"));
            nats.start();
            Await.until(
                    "a new connection is refused",
                    () -> log.messages(Level.WARNING).stream()
                            .anyMatch(text -> text.startsWith("NATS cannot be reached")));
            nats.kill();
            nats.configure(login);
            nats.start();
            node.publish(room, "a");
            node.listener.awaitCount(room, 1);
            Stages.untilAnswered(node.relay::probe);
        }
    }

    @Test
    void tokenIsGiven() {
        try (NatsProcess nats = NatsProcess.launch("authorization { token: \"" + SECRET + "\" }")) {
            assertServes(settings(nats).withLogin(new NatsSettings.Token(SECRET)));
            assertRefused(settings(nats).withLogin(new NatsSettings.Token("wrong")));
        }
    }

    /** The lines of the document, with the four streams. */
    @Test
    void userNeedsNoMoreThanIsDocumented() throws IOException {
        String access = Files.readString(Path.of("docs/relays.md"));
        access = access.substring(access.indexOf("### Access"), access.indexOf("### When NATS loses data"));
        StringBuilder publish = new StringBuilder();
        Matcher subjects = Pattern.compile("`(roomcast\\.>|\\$JS[^`]*)`")
                .matcher(access.substring(access.indexOf("- publish:"), access.indexOf("- subscribe:")));
        while (subjects.find()) {
            String subject = subjects.group(1);
            for (String stream : List.of("roomcast", "roomcast-presence", "roomcast-leases", "roomcast-agreed")) {
                publish.append('"').append(subject.replace("roomcast*", stream)).append("\", ");
            }
        }
        String permissions = "permissions: { publish: [" + publish + "], subscribe: [\"roomcast.>\", \"_INBOX.>\"] }";
        try (NatsProcess nats = NatsProcess.launch(
                "authorization { users: [ { user: ann, password: \"" + SECRET + "\", " + permissions + " } ] }")) {
            NatsSettings settings = settings(nats).withLogin(new NatsSettings.Password("ann", SECRET));
            assertServes(settings);
            assertRefused(settings.withPrefix("other"));
        }
    }

    @Test
    void certificateIsChecked(@TempDir Path directory) {
        Certificates own = Certificates.make(directory.resolve("own"));
        Certificates other = Certificates.make(directory.resolve("other"));
        try (NatsProcess nats = NatsProcess.launchTls(own.certificate(), own.key())) {
            assertServes(settings(nats).withTrust(own.certificate()));
            assertRefused(settings(nats).withTrust(other.certificate()));
            assertRefused(settings(nats));
            NatsSettings missing = settings(nats).withTrust(directory.resolve("missing.crt"));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new NatsNode(missing, "test", Duration.ofSeconds(2), 10).close());
        }
    }
}
