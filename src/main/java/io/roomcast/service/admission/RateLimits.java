package io.roomcast.service.admission;

import io.roomcast.config.Key;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomKeys;
import io.roomcast.node.Limits;
import io.roomcast.node.RoomSettings;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.room.RoomRegistry;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.TokenBucket;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

/**
 * Limits the rates of the requests of each session, and the rate of the publishes in each room on this node. Any
 * thread.
 */
@ApplicationScoped
public class RateLimits {
    /**
     * The buckets of closed rooms are removed when the number of buckets exceeds twice the number of open rooms by this
     * number.
     */
    private static final int SPARE_BUCKETS = 64;

    private final ConcurrentHashMap<RoomName, TokenBucket> bucketsByRoom = new ConcurrentHashMap<>();
    private Limits limits;
    private RoomSettings settings;
    private RoomRegistry rooms;

    /** For the container's proxy. */
    protected RateLimits() {}

    @Inject
    public RateLimits(Limits limits, RoomSettings settings, RoomRegistry rooms) {
        this.limits = limits;
        this.settings = settings;
        this.rooms = rooms;
    }

    /**
     * Counts a publish against the rate of the session.
     *
     * @throws io.roomcast.protocol.ProtocolException {@code rate_limited}
     */
    public void countPublish(ClientSession session) {
        countPublishes(session, 1).requireAll();
    }

    /**
     * The part of several messages that a rate allows: the first ones.
     *
     * @param refusal why the others are refused; null if none is
     */
    public record Allowed(int count, ProtocolException refusal) {
        private void requireAll() {
            if (refusal != null) {
                throw refusal;
            }
        }
    }

    /** Counts several messages against the rate of the session. */
    public Allowed countPublishes(ClientSession session, int messages) {
        return allowed(
                session.bucket(LimitKeys.PUBLISH_RATE),
                Math.toIntExact(limits.get(LimitKeys.PUBLISH_RATE)),
                messages,
                wait -> limits.exceeded(LimitKeys.PUBLISH_RATE, ErrorCode.RATE_LIMITED, "too many messages", wait));
    }

    /**
     * Counts a publish against the rate of the room. Must be called only after the publisher's permission was checked.
     *
     * @throws io.roomcast.protocol.ProtocolException {@code rate_limited}
     */
    public void countRoomPublish(RoomName room) {
        countRoomPublishes(room, 1).requireAll();
    }

    /** As {@link #countRoomPublish}, for several messages. */
    public Allowed countRoomPublishes(RoomName room, int messages) {
        int rate = settings.publishRate(room);
        if (rate == 0) {
            return new Allowed(messages, null); // A room without a limit needs no bucket.
        }
        return allowed(
                bucketOf(room),
                rate,
                messages,
                wait -> limits.exceeded(
                        LimitKeys.ROOM_PUBLISH_RATE,
                        settings.key(room, RoomKeys.PUBLISH_RATE),
                        ErrorCode.RATE_LIMITED,
                        "too many messages in this room",
                        wait));
    }

    private static Allowed allowed(
            TokenBucket bucket, int rate, int messages, LongFunction<ProtocolException> refusal) {
        TokenBucket.Taken taken = bucket.take(rate, messages);
        return new Allowed(taken.count(), taken.waitMillis() == 0 ? null : refusal.apply(taken.waitMillis()));
    }

    /**
     * Counts a request other than a publish against the rate of the session.
     *
     * @throws io.roomcast.protocol.ProtocolException {@code rate_limited}
     */
    public void countRequest(ClientSession session) {
        take(session, LimitKeys.REQUEST_RATE, "too many requests");
    }

    /**
     * Counts a {@code remove} against the rate of the session.
     *
     * @throws io.roomcast.protocol.ProtocolException {@code rate_limited}
     */
    public void countRemove(ClientSession session) {
        take(session, LimitKeys.REMOVE_RATE, "too many removals");
    }

    /**
     * Counts a {@code search} against the rate of the session.
     *
     * @throws io.roomcast.protocol.ProtocolException {@code rate_limited}
     */
    public void countSearch(ClientSession session) {
        take(session, LimitKeys.SEARCH_RATE, "too many searches");
    }

    /**
     * Counts a {@code refresh} against the rate of the session.
     *
     * @throws io.roomcast.protocol.ProtocolException {@code rate_limited}
     */
    public void countRefresh(ClientSession session) {
        take(session, LimitKeys.REFRESH_RATE, "too many refreshes");
    }

    /**
     * Counts a refused request against a rate of the session, because refusals cost the node more than they cost the
     * client.
     *
     * @return the limit that the session has exceeded, so that it must be closed; or null
     */
    public Key<Integer> countRefusal(ClientSession session, ErrorCode code) {
        return switch (code) {
            case BAD_REQUEST, UNAUTHENTICATED -> limitIfExceeded(session, LimitKeys.BAD_FRAME_RATE);
            // The client did not cause these errors.
            case UNAVAILABLE, UNKNOWN -> null;
            default -> limitIfExceeded(session, LimitKeys.REFUSED_RATE);
        };
    }

    private Key<Integer> limitIfExceeded(ClientSession session, Key<Integer> limit) {
        return session.bucket(limit).take(Math.toIntExact(limits.get(limit))) > 0 ? limit : null;
    }

    private void take(ClientSession session, Key<Integer> limit, String text) {
        long wait = session.bucket(limit).take(Math.toIntExact(limits.get(limit)));
        if (wait > 0) {
            throw limits.exceeded(limit, ErrorCode.RATE_LIMITED, text, wait);
        }
    }

    private TokenBucket bucketOf(RoomName room) {
        TokenBucket existing = bucketsByRoom.get(room);
        if (existing != null) {
            return existing;
        }
        if (bucketsByRoom.size() > 2 * rooms.all().size() + SPARE_BUCKETS) {
            bucketsByRoom
                    .entrySet()
                    .removeIf(entry -> rooms.find(entry.getKey()) == null
                            && entry.getValue().isFull());
        }
        return bucketsByRoom.computeIfAbsent(room, name -> new TokenBucket());
    }
}
