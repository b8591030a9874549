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
 * Fetches a JSON Web Key Set. The deadline is for the whole of it, from the name of the host to the last byte: what arrives drop by drop
 * ends there as well.
 */
final class KeySetUrl {
    private final HttpRequest request;
    private final Duration deadline;
    private final long mostBytes;
    private final ScheduledExecutorService timer;
    private final HttpClient client;

    /**
     * @param mostBytes of the answer; 0 for any number
     * @param thread what takes a moment, such as looking the host up, happens on it
     */
    KeySetUrl(URI url, Duration deadline, long mostBytes, ScheduledExecutorService timer, Executor thread) {
        this.request = HttpRequest.newBuilder(url)
                .header("Accept", "application/jwk-set+json, application/json")
                .build();
        this.deadline = deadline;
        this.mostBytes = mostBytes;
        this.timer = timer;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(deadline)
                .executor(thread)
                .build();
    }

    /** Never blocks. */
    CompletionStage<JWKSet> fetch() {
        CompletableFuture<HttpResponse<byte[]>> response =
                client.sendAsync(request, answer -> new BoundedBody(mostBytes));
        // Cancelling ends the connection too.
        Future<?> late = timer.schedule(() -> response.cancel(true), deadline.toMillis(), TimeUnit.MILLISECONDS);
        return response.whenComplete((answer, failure) -> late.cancel(false)).thenApply(KeySetUrl::keys);
    }

    private static JWKSet keys(HttpResponse<byte[]> answer) {
        if (answer.statusCode() != 200) {
            throw new UncheckedIOException(new IOException("status " + answer.statusCode()));
        }
        try {
            return KeySets.parse(new String(answer.body(), StandardCharsets.UTF_8));
        } catch (ParseException e) {
            throw new UncheckedIOException(new IOException("no JSON Web Key Set with a key that is understood"));
        }
    }

    /** Without what may be secret in it. */
    @Override
    public String toString() {
        URI url = request.uri();
        return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort()) + url.getPath();
    }
}
