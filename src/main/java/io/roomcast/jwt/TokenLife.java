package io.roomcast.jwt;

import io.roomcast.config.AccessKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.TokenRefusedException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;

/**
 * The time during which a token is valid, from its claims {@code nbf}, {@code exp} and {@code iat}, and from the limit
 * that the operator sets.
 *
 * @param expRequired whether a token without {@code exp} is refused
 * @param maxLife longest time that a session may last after its token was verified, even if {@code exp} is later. A
 *     token with {@code iat} and without {@code exp} is valid this long after {@code iat}. Zero means no limit.
 */
record TokenLife(boolean expRequired, Duration maxLife) {
    /**
     * A token is accepted up to this time before its {@code nbf}, since the issuer's clock may differ from this one.
     */
    private static final Duration SKEW = Duration.ofSeconds(30);

    /** A later time in a claim counts as {@link Instant#MAX}. */
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private static final BigDecimal LATEST_SECOND = BigDecimal.valueOf(LATEST.getEpochSecond());

    /** Most characters of a number in a claim. A longer number is refused, since computing with it may take long. */
    private static final int MAX_NUMBER_LENGTH = 40;

    static TokenLife of(RoomcastConfig config) {
        return new TokenLife(config.get(AccessKeys.EXP).equals("required"), config.get(AccessKeys.MAX_LIFE));
    }

    /**
     * Returns the time when the session of this token must end.
     *
     * @return {@link Instant#MAX} for never
     * @throws TokenRefusedException if the token is not valid now
     */
    Instant end(JsonObject claims, Instant now) {
        Instant begin = time(claims, "nbf");
        Instant exp = time(claims, "exp");
        Instant issued = time(claims, "iat");
        if (begin != null && begin.isAfter(now.plus(SKEW))) {
            throw refused("JWT before use time");
        }
        if (exp == null && expRequired) {
            throw refused("it has no exp");
        }
        Instant end = exp != null ? exp : issued == null ? Instant.MAX : capped(Instant.MAX, issued);
        if (!now.isBefore(end)) {
            throw refused("Expired JWT");
        }
        return capped(end, now);
    }

    /** The earlier of {@code end} and {@code from} plus {@code maxLife}. */
    private Instant capped(Instant end, Instant from) {
        if (maxLife.isZero() || from.isAfter(LATEST)) {
            return end;
        }
        Instant limit = from.plus(maxLife);
        return limit.isBefore(end) ? limit : end;
    }

    /**
     * Reads a time as RFC 7519 defines it, in seconds since 1970. A fraction of a second is cut off.
     *
     * @return null if the claim is absent
     */
    private static Instant time(JsonObject claims, String name) {
        JsonValue value = claims.get(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof JsonNumber number) || number.toString().length() > MAX_NUMBER_LENGTH) {
            throw refused("its claim " + name + " is no time");
        }
        BigDecimal seconds = number.bigDecimalValue();
        if (seconds.compareTo(LATEST_SECOND) > 0) {
            return Instant.MAX;
        }
        return seconds.signum() < 0 ? Instant.EPOCH : Instant.ofEpochSecond(seconds.longValue());
    }

    private static TokenRefusedException refused(String why) {
        return new TokenRefusedException("the token was refused: " + why);
    }
}
