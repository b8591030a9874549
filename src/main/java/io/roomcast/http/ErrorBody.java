package io.roomcast.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The body of an answer to an HTTP request that failed. Programs call the addresses for operators and back ends, and
 * get a {@link Problem} there. People see what handshakes and requests for files are answered: they get a line of
 * text, unless they ask for JSON.
 *
 * @param contentType its media type
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ErrorBody(String contentType, byte[] bytes) {
    private static final String TEXT = "text/plain;charset=UTF-8";
    private static final Set<String> FOR_PROGRAMS = Set.of("api", "health", "metrics", "http");

    /**
     * @param path path of the request below the application
     * @param accept value of the header {@code Accept}, or null
     */
    public static ErrorBody of(Problem problem, String path, String accept) {
        boolean isJson = isForPrograms(path) || accept != null && accepts(accept);
        String body = isJson ? problem.toJson().toString() : problem.detail();
        return new ErrorBody(isJson ? Problem.MEDIA_TYPE : TEXT, (body + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Answers a request. The caller sets the headers that belong to the status. */
    public static void write(Problem problem, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setStatus(problem.status());
        writeBody(problem, request, response);
    }

    /** Writes the type and the body of an answer whose status is set. */
    public static void writeBody(Problem problem, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        String path = request.getRequestURI();
        String context = request.getContextPath();
        ErrorBody body = of(
                problem,
                path.startsWith(context) ? path.substring(context.length()) : path,
                request.getHeader("Accept"));
        response.setContentType(body.contentType);
        response.getOutputStream().write(body.bytes);
    }

    private static boolean isForPrograms(String path) {
        int end = path.indexOf('/', 1);
        return path.length() > 1 && FOR_PROGRAMS.contains(path.substring(1, end < 0 ? path.length() : end));
    }

    /** Whether the header names JSON. A browser, which accepts anything, does not. */
    private static boolean accepts(String accept) {
        return Stream.of(accept.toLowerCase(Locale.ROOT).split(","))
                .map(range -> range.split(";", 2)[0].strip())
                .anyMatch(type -> type.equals(Problem.MEDIA_TYPE) || type.equals("application/json"));
    }
}
