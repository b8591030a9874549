package io.roomcast.websocket;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
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

/** On Payara: has each handshake end with a handler of ours, where Tyrus asks for its own. */
public final class PayaraHandshake implements Filter {
    private final PayaraAccess access;

    private PayaraHandshake(PayaraAccess access) {
        this.access = access;
    }

    /** To be called when the application starts on Payara, before its filters are fixed. */
    public static void addTo(ServletContext application) {
        PayaraAccess access = PayaraAccess.find(application);
        if (access != null) {
            FilterRegistration.Dynamic filter = application.addFilter("handshake", new PayaraHandshake(access));
            filter.setAsyncSupported(true);
            filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/ws/*");
        }
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request instanceof HttpServletRequest http ? new Upgradable(http, access) : request, response);
    }

    private static final class Upgradable extends HttpServletRequestWrapper {
        private final PayaraAccess access;

        Upgradable(HttpServletRequest request, PayaraAccess access) {
            super(request);
            this.access = access;
        }

        @Override
        public <T extends HttpUpgradeHandler> T upgrade(Class<T> type) throws IOException, ServletException {
            PayaraConnection connection =
                    type == TyrusHttpUpgradeHandler.class ? PayaraConnection.of(access.grizzly(getRequest())) : null;
            if (connection == null) {
                return super.upgrade(type);
            }
            PayaraUpgrade handler = super.upgrade(PayaraUpgrade.class);
            handler.take(connection);
            return type.cast(handler);
        }
    }
}
