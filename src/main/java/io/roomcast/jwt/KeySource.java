package io.roomcast.jwt;

import com.nimbusds.jose.JWSHeader;
import io.roomcast.config.AccessKeys;
import io.roomcast.config.ConfigException;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Clocks;
import io.roomcast.node.Threads;
import java.net.URI;
import java.security.Key;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The keys from the URL in {@code roomcast.auth.jwks}. The thread that fetches the keys ends when it has nothing to do.
 */
final class KeySource implements SigningKeys {
    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor fetchThread;
    private final RemoteKeys keys;

    KeySource(RoomcastConfig config, Threads threads, Clocks clocks) {
        fetchThread = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads.loopThreads());
        fetchThread.allowCoreThreadTimeOut(true);
        KeySetUrl url = new KeySetUrl(
                uri(config.get(AccessKeys.JWKS)),
                config.get(AccessKeys.JWKS_TIMEOUT),
                config.get(AccessKeys.JWKS_BYTES),
                threads.timer(),
                fetchThread);
        RemoteKeys.Pace pace = new RemoteKeys.Pace(
                config.get(AccessKeys.JWKS_REFRESH),
                config.get(AccessKeys.JWKS_PAUSE),
                config.get(AccessKeys.JWKS_TIMEOUT),
                config.get(AccessKeys.JWKS_OUTAGE),
                config.get(AccessKeys.JWKS_WAITING));
        keys = new RemoteKeys(
                url::fetch, pace, new SourceLog(url.toString()), threads.pool(), threads.timer(), clocks.nanos());
        keys.start();
    }

    private static URI uri(String text) {
        try {
            URI uri = URI.create(text);
            if (uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // This is the same error as a URL without a host.
        }
        throw new ConfigException(List.of(AccessKeys.JWKS.name() + "=" + text + " is not a URL"));
    }

    @Override
    public CompletionStage<List<? extends Key>> candidates(JWSHeader header) {
        return keys.candidates(header);
    }

    @Override
    public CompletionStage<List<? extends Key>> newerCandidates(JWSHeader header) {
        return keys.newerCandidates(header);
    }

    @Override
    public void close() {
        keys.close();
        fetchThread.shutdownNow();
    }
}
