package io.roomcast.container;

import io.roomcast.service.Lifecycle;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.Set;

/**
 * Starts the node with the application and ends it with it.
 *
 * <p>It comes as an initializer, not as {@code @WebListener}: so it is the last listener of all, starts when the endpoints are there, and
 * is the first to hear of the end. On WildFly the listener that closes the WebSocket sessions would otherwise come before it, and clients
 * would not be told when to come back. Payara would leave the sessions open: there {@link Lifecycle#stop} closes them.
 */
public final class ApplicationLife implements ServletContainerInitializer, ServletContextListener {

    @Override
    public void onStartup(Set<Class<?>> none, ServletContext application) {
        application.addListener(this);
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        Lifecycle lifecycle = lifecycle();
        try {
            lifecycle.start();
        } catch (RuntimeException e) {
            // Not every server tells the end to one that failed to begin.
            lifecycle.stop();
            throw e;
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        lifecycle().stop();
    }

    private static Lifecycle lifecycle() {
        return CDI.current().select(Lifecycle.class).get();
    }
}
