package io.roomcast.support.server;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Answers with a writer, as servlets and pages do that are not Roomcast's. Its query says what it does then. */
@WebServlet("/writer")
public class WriterServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String then = String.valueOf(request.getQueryString());
        if (then.equals("only-error")) {
            response.sendError(HttpServletResponse.SC_GONE);
            return;
        }
        response.setContentType("text/plain;charset=UTF-8");
        response.getWriter().print("written");
        switch (then) {
            case "close" -> response.getWriter().close();
            case "flush" -> response.flushBuffer();
            case "error" -> response.sendError(HttpServletResponse.SC_GONE);
            case "reset-error" -> {
                response.reset();
                response.sendError(HttpServletResponse.SC_GONE);
            }
            case "reset-stream" -> {
                response.reset();
                response.getOutputStream().print("streamed");
            }
            default -> {}
        }
    }
}
