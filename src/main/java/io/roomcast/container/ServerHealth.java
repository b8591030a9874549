package io.roomcast.container;

import io.roomcast.service.operations.Readiness;
import jakarta.enterprise.inject.spi.CDI;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/**
 * The health checks that Roomcast adds to the server's own health endpoint. They report the same as {@code
 * /health/ready} and {@code /health/live} of the application.
 *
 * <p>These classes cannot be linked on a server without MicroProfile Health. So only {@link ServerHealthExtension}
 * refers to them, and they have no bean-defining annotation.
 */
final class ServerHealth {
    private static final String NAME = "roomcast";

    private ServerHealth() {}

    /** Reports whether this node delivers messages, and otherwise the reason. */
    @org.eclipse.microprofile.health.Readiness
    public static class Ready implements HealthCheck {
        @Override
        public HealthCheckResponse call() {
            // Not injected, because on Payara a bean that an extension adds does not see the beans of the application.
            Readiness.State state = CDI.current().select(Readiness.class).get().state();
            HealthCheckResponseBuilder answer = HealthCheckResponse.named(NAME).status(state == Readiness.State.READY);
            return state == Readiness.State.READY
                    ? answer.build()
                    : answer.withData("reason", state.word()).build();
        }
    }

    /** Reports that the application answers. */
    @org.eclipse.microprofile.health.Liveness
    public static class Live implements HealthCheck {
        @Override
        public HealthCheckResponse call() {
            return HealthCheckResponse.up(NAME);
        }
    }
}
