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
    private static final long serialVersionUID = 1L;
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "OPTIONS");

    @Override
    protected final void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (METHODS.contains(request.getMethod())) {
            super.service(request, response);
        } else {
            response.setHeader("Allow", "GET, HEAD, OPTIONS");
            ErrorBody.write(
                    Problem.of(ErrorCode.METHOD_NOT_ALLOWED, "this address is read with GET"), request, response);
        }
    }
}
