package io.roomcast.protocol;

import java.math.BigDecimal;

/**
 * A whole number from 0 to 2^53-1, in any form that JSON has for it. Some encoders write 1 as {@code 1.0}, and large
 * numbers as {@code 1e+15}.
 */
public final class WholeNumber {
    /** The largest that JavaScript, and the relay's scripts, represent exactly. */
    static final long MAX = (1L << 53) - 1;

    private static final int MAX_DIGITS = String.valueOf(MAX).length();
    /** As many as the longest number has in the usual forms, with a sign, a point and an exponent. */
    private static final int MAX_CHARACTERS = 32;

    private WholeNumber() {}

    /** @return null if the number is no such one */
    public static Long read(String json) {
        if (json.length() <= MAX_DIGITS && json.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return upToMax(Long.parseLong(json));
        }
        return json.length() <= MAX_CHARACTERS ? readDecimal(json) : null;
    }

    private static Long readDecimal(String json) {
        try {
            BigDecimal number = new BigDecimal(json);
            // A large exponent is refused before anything is computed with it.
            if (number.signum() == 0) {
                return 0L;
            }
            boolean isTooLong = (long) number.precision() - number.scale() > MAX_DIGITS;
            return number.signum() < 0
                            || isTooLong
                            || number.stripTrailingZeros().scale() > 0
                    ? null
                    : upToMax(number.longValueExact());
        } catch (NumberFormatException e) {
            // An exponent of more than 32 bits.
            return null;
        }
    }

    private static Long upToMax(long number) {
        return number <= MAX ? number : null;
    }
}
