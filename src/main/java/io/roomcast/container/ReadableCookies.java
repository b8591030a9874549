package io.roomcast.container;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.servlet.ServletExtension;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.util.Headers;
import jakarta.servlet.ServletContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Makes WildFly ignore cookies that it cannot read. WildFly looks for a session in the cookies of every request, before any
 * filter of the application. If that fails, because a cookie has a character beyond ASCII or there are hundreds of them, the
 * client gets an error with a stack trace, and the log several kilobytes. A browser sends what other pages of the same host
 * have set, so that this also happens to clients that mean no harm. Undertow finds this class by its service file, and calls
 * it on any thread.
 */
public final class ReadableCookies implements ServletExtension {
    private static final Logger LOG = System.getLogger(ReadableCookies.class.getName());

    @Override
    public void handleDeployment(DeploymentInfo deployment, ServletContext context) {
        deployment.addInitialHandlerChainWrapper(ReadableCookies::before);
    }

    private static HttpHandler before(HttpHandler next) {
        return exchange -> {
            ignoreUnreadable(exchange);
            next.handleRequest(exchange);
        };
    }

    private static void ignoreUnreadable(HttpServerExchange exchange) {
        if (exchange.getRequestHeaders().contains(Headers.COOKIE)) {
            try {
                exchange.requestCookies();
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "the cookies of a request are ignored", e);
                exchange.getRequestHeaders().remove(Headers.COOKIE);
            }
        }
    }
}
