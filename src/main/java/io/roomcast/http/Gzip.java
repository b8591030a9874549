package io.roomcast.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Whether a client takes a compressed response. */
public final class Gzip {
    private Gzip() {}

    /** Whether the header {@code Accept-Encoding} of the request names gzip. */
    public static boolean isAccepted(HttpServletRequest request) {
        return Collections.list(request.getHeaders("Accept-Encoding")).stream()
                .flatMap(value -> List.of(value.toLowerCase(Locale.ROOT).split(",", -1)).stream())
                .map(coding -> coding.replaceAll("\\s", ""))
                .anyMatch(coding ->
                        coding.equals("gzip") || coding.startsWith("gzip;q=") && !coding.matches("gzip;q=0(\\.0*)?"));
    }
}
