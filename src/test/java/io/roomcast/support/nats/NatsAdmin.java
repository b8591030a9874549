package io.roomcast.support.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Asks servers of NATS as their administrator does. */
public final class NatsAdmin {
    private NatsAdmin() {}

    /** What is asked on a connection of its own. */
    @FunctionalInterface
    public interface Question<T> {
        T ask(Connection connection) throws IOException, JetStreamApiException, InterruptedException;
    }

    /** @param servers addresses of one cluster; the first that answers is asked */
    public static <T> T ask(List<String> servers, Question<T> question) throws IOException, JetStreamApiException {
        Options options = new Options.Builder()
                .servers(servers.toArray(String[]::new))
                .connectionTimeout(Duration.ofSeconds(2))
                .build();
        try {
            Connection connection = Nats.connect(options);
            try {
                return question.ask(connection);
            } finally {
                connection.close();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
