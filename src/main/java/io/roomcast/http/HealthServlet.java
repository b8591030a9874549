package io.roomcast.http;

import io.roomcast.relay.Relay;
import io.roomcast.relay.Trait;
import io.roomcast.service.admission.Verdict;
import io.roomcast.service.operations.Readiness;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * {@code /health/live} answers 200 while the process runs. {@code /health/ready} answers 200 while this node delivers
 * messages, otherwise 503 with the reason. Both only read state in memory, so clients may call them at any rate.
 */
@WebServlet(name = "health", urlPatterns = HealthServlet.ADDRESS + "/*")
public class HealthServlet extends ReadOnlyServlet {
    public static final String ADDRESS = "/health";
    private static final long serialVersionUID = 1L;

    @Inject
    private transient Readiness readiness;

    @Inject
    private transient Relay relay;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String probe = request.getPathInfo() == null ? "" : request.getPathInfo();
        switch (probe) {
            case "/live" -> answer(response, HttpServletResponse.SC_OK, "{\"status\":\"UP\"}");
            case "/ready", "", "/" -> ready(response);
            default -> ErrorBody.write(Problem.of(Verdict.NOT_FOUND), request, response);
        }
    }

    private void ready(HttpServletResponse response) throws IOException {
        Readiness.State state = readiness.state();
        if (state == Readiness.State.READY) {
            answer(response, HttpServletResponse.SC_OK, "{\"status\":\"UP\"" + traits() + "}");
        } else {
            String reason = state.word();
            answer(
                    response,
                    HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                    "{\"status\":\"DOWN\",\"reason\":\"" + reason + "\"}");
        }
    }

    /** What the relay does otherwise than others, for whoever looks; nothing for most. */
    private String traits() {
        List<String> words = Trait.words(relay.traits());
        return words.isEmpty() ? "" : ",\"relayTraits\":[\"" + String.join("\",\"", words) + "\"]";
    }

    private static void answer(HttpServletResponse response, int status, String json) throws IOException {
        response.setStatus(status);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        response.getOutputStream().write((json + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
