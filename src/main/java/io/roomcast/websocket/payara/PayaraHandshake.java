package io.roomcast.websocket.payara;

import io.roomcast.config.LimitKeys;
import io.roomcast.node.Limits;
import io.roomcast.node.Threads;
import io.roomcast.websocket.transport.ReflectiveLookup;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import jakarta.servlet.http.HttpUpgradeHandler;
import java.io.IOException;
import java.util.EnumSet;
import org.glassfish.tyrus.servlet.TyrusHttpUpgradeHandler;

/**
 * Replaces Tyrus's upgrade handler by ours in each handshake on Payara. There is one filter for the whole application.
 */
public final class PayaraHandshake implements Filter {
    /** The reason phrase of the status 101 in RFC 9110. Grizzly has one of a draft. */
    private static final String SWITCHING_PROTOCOLS = "Switching Protocols";

    private final PayaraInternals internals;
    private final UpgradedRequests upgraded;
    private Limits limits;
    private Threads threads;
    /** Null before the filter is initialized. */
    private volatile WebSocketSelectors selectors;

    private PayaraHandshake(PayaraInternals internals) {
        this.internals = internals;
        this.upgraded = new UpgradedRequests(internals);
    }

    /**
     * Adds the filter. To be called when the application starts on Payara, while filters can still be added.
     *
     * @return the filter, or what this version of Payara does not have; the connections are then served by Tyrus alone
     */
    public static ReflectiveLookup.Result<PayaraHandshake> addTo(ServletContext application) {
        ReflectiveLookup.Result<PayaraHandshake> result =
                ReflectiveLookup.find(() -> new PayaraHandshake(PayaraInternals.of(application)));
        if (result.found() != null) {
            FilterRegistration.Dynamic filter = application.addFilter("handshake", result.found());
            filter.setAsyncSupported(true);
            filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/ws/*");
        }
        return result;
    }

    @Override
    public void init(FilterConfig config) throws ServletException {
        limits = CDI.current().select(Limits.class).get();
        threads = CDI.current().select(Threads.class).get();
        try {
            selectors = new WebSocketSelectors(Runtime.getRuntime().availableProcessors());
        } catch (IOException e) {
            throw new ServletException("the system has no selector left", e);
        }
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request instanceof HttpServletRequest http && response instanceof HttpServletResponse answer) {
            chain.doFilter(new UpgradableRequest(http), new StandardResponse(http, answer));
        } else {
            chain.doFilter(request, response);
        }
    }

    /**
     * Removes our classes from Payara's request objects, and ends the threads that read. To be called when all
     * connections of the application have ended.
     */
    public void end() {
        WebSocketSelectors reading = selectors;
        if (reading != null) {
            reading.close();
        }
        upgraded.clear();
    }

    private final class UpgradableRequest extends HttpServletRequestWrapper {
        UpgradableRequest(HttpServletRequest request) {
            super(request);
        }

        @Override
        public <T extends HttpUpgradeHandler> T upgrade(Class<T> type) throws IOException, ServletException {
            if (type != TyrusHttpUpgradeHandler.class) {
                return super.upgrade(type);
            }
            Object catalinaRequest = internals.catalinaRequest(getRequest());
            PayaraConnection connection = catalinaRequest == null
                    ? null
                    : PayaraConnection.of(
                            internals.grizzlyRequest(catalinaRequest),
                            selectors,
                            () -> limits.get(LimitKeys.FRAME_BYTES),
                            threads.timer());
            if (connection == null) {
                // A connection that stays in HTTP could buffer without limit.
                throw new ServletException("the connection of this request cannot leave HTTP");
            }
            internals.markInService(catalinaRequest);
            upgraded.add(catalinaRequest);
            PayaraUpgradeHandler handler = super.upgrade(PayaraUpgradeHandler.class);
            handler.setConnection(connection);
            return type.cast(handler);
        }
    }

    private final class StandardResponse extends HttpServletResponseWrapper {
        private final HttpServletRequest request;

        StandardResponse(HttpServletRequest request, HttpServletResponse response) {
            super(response);
            this.request = request;
        }

        @Override
        public void setStatus(int status) {
            super.setStatus(status);
            Object catalinaRequest = status == SC_SWITCHING_PROTOCOLS ? internals.catalinaRequest(request) : null;
            if (catalinaRequest != null) {
                internals.setReason(catalinaRequest, SWITCHING_PROTOCOLS);
            }
        }
    }
}
