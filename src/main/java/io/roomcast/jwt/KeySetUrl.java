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
 * Fetches a JSON Web Key Set from a URL. The deadline covers the whole fetch, from the look-up of the host name to the
 * last byte. So a response that arrives very slowly is cut off, too. Any thread.
 */
final class KeySetUrl {
    private final HttpRequest request;
    private final Duration deadline;
    private final long maxBytes;
    private final ScheduledExecutorService timer;
    private final HttpClient client;

    /**
     * @param deadline longest time of a fetch
     * @param maxBytes largest response body in bytes; 0 for no bound
     * @param thread runs the parts of a fetch that may block, such as the look-up of the host name
     */
    KeySetUrl(URI url, Duration deadline, long maxBytes, ScheduledExecutorService timer, Executor thread) {
        this.request = HttpRequest.newBuilder(url)
                .header("Accept", "application/jwk-set+json, application/json")
                .build();
        this.deadline = deadline;
        this.maxBytes = maxBytes;
        this.timer = timer;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(deadline)
                .executor(thread)
                .build();
    }

    /**
     * Starts a fetch. Never blocks.
     *
     * @return fails if there is no complete response in time, if its status is not 200, or if its body is too large or
     *     has no supported key
     */
    CompletionStage<JWKSet> fetch() {
        CompletableFuture<HttpResponse<byte[]>> response =
                client.sendAsync(request, answer -> new BoundedBody(maxBytes));
        // The cancellation closes the connection, too.
        Future<?> timeout = timer.schedule(() -> response.cancel(true), deadline.toMillis(), TimeUnit.MILLISECONDS);
        return response.whenComplete((answer, failure) -> timeout.cancel(false)).thenApply(KeySetUrl::keys);
    }

    private static JWKSet keys(HttpResponse<byte[]> answer) {
        if (answer.statusCode() != 200) {
            throw new UncheckedIOException(new IOException("status " + answer.statusCode()));
        }
        try {
            return KeySets.parse(new String(answer.body(), StandardCharsets.UTF_8));
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
