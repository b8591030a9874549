package io.roomcast.http;

import io.roomcast.protocol.ErrorCode;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;

/** A servlet that only answers GET, HEAD and OPTIONS. */
public abstract class ReadOnlyServlet extends HttpServlet {
    /** The header {@code Allow} of what is only read. */
    public static final String ALLOW = "GET, HEAD, OPTIONS";

    /** Why another method is refused. */
    public static final Problem REFUSAL = Problem.of(ErrorCode.METHOD_NOT_ALLOWED, "this address is read with GET");

    private static final long serialVersionUID = 1L;
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "OPTIONS");

    @Override
    protected final void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (METHODS.contains(request.getMethod())) {
            super.service(request, response);
        } else {
            response.setHeader("Allow", ALLOW);
            ErrorBody.write(REFUSAL, request, response);
        }
    }

    /** Names the methods, without {@code TRACE}, which {@link HttpServlet} would name and which is refused. */
    @Override
    protected final void doOptions(HttpServletRequest request, HttpServletResponse response) {
        response.setHeader("Allow", ALLOW);
    }
}
