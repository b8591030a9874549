package io.roomcast.container;

import io.roomcast.service.operations.Readiness;
import jakarta.enterprise.inject.spi.CDI;
import java.util.Locale;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/**
 * What the server's own health endpoint tells of Roomcast: the same as {@code /health/ready} and {@code /health/live} of the application.
 *
 * <p>These classes cannot be linked on a server without MicroProfile Health, so nothing but {@link ServerHealthExtension} names them,
 * and they carry no annotation by which CDI would find them.
 */
final class ServerHealth {
    private static final String NAME = "roomcast";

    private ServerHealth() {}

    /** Messages are delivered here; the reason where they are not. */
    @org.eclipse.microprofile.health.Readiness
    public static class Ready implements HealthCheck {
        @Override
        public HealthCheckResponse call() {
            // Not injected: Payara sees what an extension adds beside the application's beans, and would find none.
            Readiness.State state = CDI.current().select(Readiness.class).get().state();
            HealthCheckResponseBuilder answer = HealthCheckResponse.named(NAME).status(state == Readiness.State.READY);
            return state == Readiness.State.READY
                    ? answer.build()
                    : answer.withData("reason", state.name().toLowerCase(Locale.ROOT))
                            .build();
        }
    }

    /** The application answers. */
    @org.eclipse.microprofile.health.Liveness
    public static class Live implements HealthCheck {
        @Override
        public HealthCheckResponse call() {
            return HealthCheckResponse.up(NAME);
        }
    }
}
