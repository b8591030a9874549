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
 * @param longest longest time that a session may last after its token was verified, even if {@code exp} is later; also
 *     the time that a token without {@code exp} is valid after {@code iat}; zero for no limit
 */
record TokenLife(boolean expRequired, Duration longest) {
    /** Clocks differ: a token is accepted although its {@code nbf} is this far in the future. */
    private static final Duration SKEW = Duration.ofSeconds(30);

    /** A later time in a claim means never. */
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private static final BigDecimal LATEST_SECOND = BigDecimal.valueOf(LATEST.getEpochSecond());

    /** Most characters of a number in a claim. A longer number is refused, so that nothing computes with it. */
    private static final int MAX_LENGTH = 40;

    static TokenLife of(RoomcastConfig config) {
        return new TokenLife(config.get(AccessKeys.EXP).equals("required"), config.get(AccessKeys.MAX_LIFE));
    }

    /**
     * When the token expires.
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

    private Instant capped(Instant end, Instant from) {
        if (longest.isZero() || from.isAfter(LATEST)) {
            return end;
        }
        Instant limit = from.plus(longest);
        return limit.isBefore(end) ? limit : end;
    }

    /** Reads seconds since 1970 as RFC 7519 defines them; a fraction is cut off. Null only if the claim is absent. */
    private static Instant time(JsonObject claims, String name) {
        JsonValue value = claims.get(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof JsonNumber number) || number.toString().length() > MAX_LENGTH) {
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
