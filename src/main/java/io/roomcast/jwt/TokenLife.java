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
 * From when to when a token is good: {@code nbf}, {@code exp}, {@code iat}, and the longest life that the operator allows.
 *
 * @param expRequired whether a token without {@code exp} is refused
 * @param longest how long a token lets somebody stay; zero for as long as {@code exp} says
 */
record TokenLife(boolean expRequired, Duration longest) {
    /** Clocks differ; a token that begins now is not to be refused. */
    private static final Duration SKEW = Duration.ofSeconds(30);

    /** What lies behind it never comes. */
    private static final Instant LAST_YEAR = Instant.parse("9999-12-31T23:59:59Z");

    private static final BigDecimal LAST_SECOND = BigDecimal.valueOf(LAST_YEAR.getEpochSecond());

    /** A number of more digits than any time has is refused before anybody calculates with it. */
    private static final int MOST_DIGITS = 40;

    static TokenLife of(RoomcastConfig config) {
        return new TokenLife(config.get(AccessKeys.EXP).equals("required"), config.get(AccessKeys.MAX_LIFE));
    }

    /**
     * @return when the token ends; {@link Instant#MAX} for never
     * @throws TokenRefusedException for a token that is not good now
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
        if (longest.isZero() || from.isAfter(LAST_YEAR)) {
            return end;
        }
        Instant most = from.plus(longest);
        return most.isBefore(end) ? most : end;
    }

    /** Seconds since 1970, fractions allowed, as RFC 7519 has them; null only where the claim is absent. */
    private static Instant time(JsonObject claims, String name) {
        JsonValue value = claims.get(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof JsonNumber number) || number.toString().length() > MOST_DIGITS) {
            throw refused("its claim " + name + " is no time");
        }
        BigDecimal seconds = number.bigDecimalValue();
        if (seconds.compareTo(LAST_SECOND) > 0) {
            return Instant.MAX;
        }
        return seconds.signum() < 0 ? Instant.EPOCH : Instant.ofEpochSecond(seconds.longValue());
    }

    private static TokenRefusedException refused(String why) {
        return new TokenRefusedException("the token was refused: " + why);
    }
}
