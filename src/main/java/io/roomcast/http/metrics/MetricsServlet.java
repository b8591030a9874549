package io.roomcast.http.metrics;

import io.roomcast.http.ReadOnlyServlet;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** {@code /metrics}: the metrics of this node, for Prometheus. The response contains no names of rooms or users. */
@WebServlet(name = "metrics", urlPatterns = "/metrics")
public class MetricsServlet extends ReadOnlyServlet {
    private static final long serialVersionUID = 1L;
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    @Inject
    private transient MetricsRegistry registry;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String accepted = request.getHeader("Accept");
        String format = accepted != null && accepted.contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
        byte[] text = registry.scrape(format).getBytes(StandardCharsets.UTF_8);
        response.setContentType(format);
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(text.length);
        response.getOutputStream().write(text);
    }
}
