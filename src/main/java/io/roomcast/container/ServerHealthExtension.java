package io.roomcast.container;

import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.BeforeBeanDiscovery;
import jakarta.enterprise.inject.spi.Extension;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Adds Roomcast's health checks to the server's own health endpoint, where the server has one. */
public final class ServerHealthExtension implements Extension {
    private static final Logger LOG = System.getLogger(ServerHealthExtension.class.getName());

    private static final String API = "org.eclipse.microprofile.health.HealthCheck";

    void add(@Observes BeforeBeanDiscovery event, BeanManager beans) {
        try {
            // This line fails first on a server without the API. WildFly would log a warning for each class that it
            // cannot link.
            Class.forName(API, false, ServerHealthExtension.class.getClassLoader());
            Checks.add(event, beans);
        } catch (ClassNotFoundException e) {
            LOG.log(Level.DEBUG, "this server has no MicroProfile Health");
        }
    }

    /** Refers to the health checks. This class is linked when it is called, and not together with the extension. */
    private static final class Checks {
        static void add(BeforeBeanDiscovery event, BeanManager beans) {
            event.addAnnotatedType(
                    beans.createAnnotatedType(ServerHealth.Ready.class), ServerHealth.Ready.class.getName());
            event.addAnnotatedType(
                    beans.createAnnotatedType(ServerHealth.Live.class), ServerHealth.Live.class.getName());
        }
    }
}
