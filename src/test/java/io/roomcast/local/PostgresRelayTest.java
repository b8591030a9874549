package io.roomcast.local;

import io.roomcast.support.postgres.PostgresProcess;
import io.roomcast.support.postgres.TestPostgres;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a relay promises, with its messages in PostgreSQL. */
class PostgresRelayTest extends DurableRelayTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private final String url = POSTGRES.newUrl();

    @Override
    protected Map<String, String> settings() {
        return PostgresProcess.settings(url);
    }
}
