package io.roomcast.jwt;

import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Fetches a JSON Web Key Set from a URL. The timeout covers the whole fetch, from the look-up of the host name to the
 * last byte. So a response that arrives very slowly is cut off, too. Any thread may call.
 */
final class KeySetUrl {
    private final HttpRequest request;
    private final Duration timeout;
    private final long maxBytes;
    private final ScheduledExecutorService timer;
    private final HttpClient client;

    /**
     * @param timeout longest time of a fetch
     * @param maxBytes largest response body in bytes; 0 for no bound
     * @param timer runs the timeout of a fetch
     * @param executor runs the parts of a fetch that may block, such as the look-up of the host name
     */
    KeySetUrl(URI url, Duration timeout, long maxBytes, ScheduledExecutorService timer, Executor executor) {
        this.request = HttpRequest.newBuilder(url)
                .header("Accept", "application/jwk-set+json, application/json")
                .build();
        this.timeout = timeout;
        this.maxBytes = maxBytes;
        this.timer = timer;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(timeout)
                .executor(executor)
                .build();
    }

    /**
     * Starts a fetch. Never blocks.
     *
     * @return fails if no complete response comes in time, if its status is not 200, or if its body is too large or has
     *     no supported key
     */
    CompletionStage<JWKSet> fetch() {
        CompletableFuture<HttpResponse<byte[]>> response = client.sendAsync(request, head -> new BoundedBody(maxBytes));
        // To cancel the response also closes the connection.
        Future<?> cancellation = timer.schedule(() -> response.cancel(true), timeout.toMillis(), TimeUnit.MILLISECONDS);
        return response.whenComplete((done, failure) -> cancellation.cancel(false))
                .thenApply(KeySetUrl::keys);
    }

    private static JWKSet keys(HttpResponse<byte[]> response) {
        if (response.statusCode() != 200) {
            throw new UncheckedIOException(new IOException("status " + response.statusCode()));
        }
        try {
            return KeySets.parse(new String(response.body(), StandardCharsets.UTF_8));
        } catch (ParseException e) {
            throw new UncheckedIOException(new IOException("not a JSON Web Key Set with a supported key"));
        }
    }

    /** The URL without user, query and fragment, which may be secret. */
    @Override
    public String toString() {
        URI url = request.uri();
        return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort()) + url.getPath();
    }
}
