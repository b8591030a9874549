package io.roomcast.redis;

import static io.roomcast.support.Stages.get;

import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayContractTest;
import io.roomcast.support.Await;
import io.roomcast.support.postgres.TestPostgres;
import io.roomcast.support.redis.RedisProcess;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a relay promises, over Redis and with an archive behind it. */
class ArchivedRedisRelayTest extends RelayContractTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private static RedisProcess redis;
    private static String url;

    private ArchivedNode node;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.launch();
        url = POSTGRES.newUrl();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Override
    protected Relay create(HistoryLimits.Rule limits) {
        node = new ArchivedNode(redis.uri(), url, limits, 4);
        return node.relay;
    }

    /** Redis has a clock of its own: waits until the log has no young messages any more. */
    @Override
    protected void pass(Duration age) {
        long last = get(relay.position(room)).offset();
        Await.until(
                "messages grow old",
                () -> get(node.broker.historyAfter(room, 0, 10)).messages().isEmpty());
        if (last > 0) {
            node.awaitArchived(room, last);
        }
    }

    @Override
    protected boolean forgets() {
        return false;
    }
}
