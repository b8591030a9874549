package io.roomcast.websocket.payara;

import io.roomcast.config.LimitKeys;
import io.roomcast.node.Limits;
import io.roomcast.node.Threads;
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
import jakarta.servlet.http.HttpUpgradeHandler;
import java.io.IOException;
import java.util.EnumSet;
import org.glassfish.tyrus.servlet.TyrusHttpUpgradeHandler;

/** On Payara: has each handshake end with a handler of ours, where Tyrus asks for its own. One for the application. */
public final class PayaraHandshake implements Filter {
    private final PayaraInternals access;
    private Limits limits;
    private Threads threads;

    private PayaraHandshake(PayaraInternals access) {
        this.access = access;
    }

    /** To be called when the application starts on Payara, before its filters are fixed. */
    public static void addTo(ServletContext application) {
        PayaraInternals access = PayaraInternals.find(application);
        if (access != null) {
            FilterRegistration.Dynamic filter = application.addFilter("handshake", new PayaraHandshake(access));
            filter.setAsyncSupported(true);
            filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/ws/*");
        }
    }

    @Override
    public void init(FilterConfig config) {
        limits = CDI.current().select(Limits.class).get();
        threads = CDI.current().select(Threads.class).get();
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request instanceof HttpServletRequest http ? new Upgradable(http) : request, response);
    }

    private final class Upgradable extends HttpServletRequestWrapper {
        Upgradable(HttpServletRequest request) {
            super(request);
        }

        @Override
        public <T extends HttpUpgradeHandler> T upgrade(Class<T> type) throws IOException, ServletException {
            if (type != TyrusHttpUpgradeHandler.class) {
                return super.upgrade(type);
            }
            PayaraConnection connection = PayaraConnection.of(
                    access.grizzly(getRequest()), () -> limits.get(LimitKeys.FRAME_BYTES), threads.timer());
            if (connection == null) {
                // In HTTP nothing would bound what it costs.
                throw new ServletException("not a request whose connection can leave HTTP");
            }
            PayaraUpgrade handler = super.upgrade(PayaraUpgrade.class);
            handler.take(connection);
            return type.cast(handler);
        }
    }
}
