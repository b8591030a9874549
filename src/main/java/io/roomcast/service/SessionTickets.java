package io.roomcast.service;

import io.roomcast.config.PollKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Clocks;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.NodeExchange;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs the ids of sessions over HTTP, so that any node knows that a session is the client's own. A ticket is
 * {@code ID.SECONDS.SIGNATURE}; the signature also covers the user. Any thread; no method blocks.
 */
@ApplicationScoped
public class SessionTickets {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int SECRET_BYTES = 32;
    /** The name of the secret among what nodes agree on. */
    private static final String NAME = "http-secret";
    /** How long the nodes rely on what they have agreed on. */
    private static final long AGREE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final Pattern TICKET =
            Pattern.compile("([A-Za-z0-9_-]{1,64})\\.([0-9]{1,12})\\.([A-Za-z0-9_-]{43})");
    private static final long VALID_SECONDS = TimeUnit.DAYS.toSeconds(1);
    /** A ticket that was signed in the future is one of a node whose clock is ahead, up to here. */
    private static final long SKEW_SECONDS = 300;

    private NodeExchange exchange;
    private Clocks clocks;
    /** Completes with the secret. Replaced when the relay could not be reached. */
    private volatile CompletableFuture<byte[]> secret;

    /** When the nodes have last agreed, in nanoseconds of the running time. */
    private final AtomicLong agreedAt = new AtomicLong();

    private boolean isConfigured;

    /** For the container's proxy. */
    protected SessionTickets() {}

    @Inject
    public SessionTickets(RoomcastConfig config, NodeExchange exchange, Clocks clocks) {
        String configured = config.get(PollKeys.SECRET);
        this.exchange = exchange;
        this.clocks = clocks;
        this.isConfigured = !configured.isEmpty();
        this.secret = configured.isEmpty()
                ? null
                : CompletableFuture.completedFuture(configured.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A session whose ticket is good.
     *
     * @param id the id of the session
     * @param isOld whether the client should get a newer ticket soon
     */
    public record Named(String id, boolean isOld) {}

    /** Makes and checks tickets, when the secret is known. */
    public final class Signer {
        private final byte[] key;

        private Signer(byte[] key) {
            this.key = key;
        }

        /** A new ticket for the session of this user. */
        public String sign(String id, UserId user) {
            return sign(id, TimeUnit.MILLISECONDS.toSeconds(clocks.wall().millis()), user);
        }

        private String sign(String id, long seconds, UserId user) {
            String head = id + '.' + seconds;
            try {
                Mac mac = Mac.getInstance(ALGORITHM);
                mac.init(new SecretKeySpec(key, ALGORITHM));
                mac.update(head.getBytes(StandardCharsets.UTF_8));
                byte[] name = user.value().getBytes(StandardCharsets.UTF_8);
                mac.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(name.length).flip());
                byte[] signature = mac.doFinal(name);
                return head + '.' + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
            }
        }

        /**
         * Reads a ticket.
         *
         * @param ticket as a client sent it
         * @throws ProtocolException {@code session_invalid} unless the ticket is one of this user and not too old
         */
        public Named read(String ticket, UserId user) {
            Matcher parts = TICKET.matcher(ticket);
            if (parts.matches()) {
                String id = parts.group(1);
                long issued = Long.parseLong(parts.group(2));
                byte[] expected = sign(id, issued, user).getBytes(StandardCharsets.US_ASCII);
                long age = TimeUnit.MILLISECONDS.toSeconds(clocks.wall().millis()) - issued;
                if (MessageDigest.isEqual(expected, ticket.getBytes(StandardCharsets.UTF_8))
                        && age < VALID_SECONDS
                        && age > -SKEW_SECONDS) {
                    return new Named(id, age > VALID_SECONDS / 2);
                }
            }
            throw new ProtocolException(
                    ErrorCode.SESSION_INVALID,
                    "this session is not one of this user, or it is too old; poll without it");
        }
    }

    /** The signer. Fails, as {@link NodeExchange#agree} does, if the secret cannot be had now. */
    public CompletionStage<Signer> signer() {
        CompletableFuture<byte[]> known = secret;
        if (known == null || known.isCompletedExceptionally()) {
            byte[] proposal = new byte[SECRET_BYTES];
            new SecureRandom().nextBytes(proposal);
            agreedAt.set(now());
            known = exchange.agree(NAME, proposal).toCompletableFuture();
            secret = known;
        } else if (!isConfigured && known.isDone()) {
            agreeAgain(known.join());
        }
        return known.thenApply(Signer::new);
    }

    /** A relay that has lost its data knows no secret. The first node that asks then brings its own one back. */
    private void agreeAgain(byte[] present) {
        long now = now();
        long before = agreedAt.get();
        if (now - before >= AGREE_NANOS && agreedAt.compareAndSet(before, now)) {
            var unused = exchange.agree(NAME, present).thenAccept(agreed -> {
                if (!Arrays.equals(agreed, present)) {
                    secret = CompletableFuture.completedFuture(agreed);
                }
            });
        }
    }

    private long now() {
        return clocks.nanos().getAsLong();
    }
}
