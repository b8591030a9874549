package io.roomcast.container;

import io.roomcast.config.ConfigException;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.AfterDeploymentValidation;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.Extension;

/**
 * Fails the deployment when the configuration is wrong, before anything starts, with all that is wrong in one message: whoever deploys
 * reads it where they deploy. The embedded server loads this extension too, but has none of this package's beans and checks by itself.
 */
public final class ConfigCheck implements Extension {

    void check(@Observes AfterDeploymentValidation event, BeanManager beans) {
        if (!beans.getBeans(ContainerBeans.class).isEmpty()) {
            try {
                ConfigSources.load();
            } catch (ConfigException e) {
                event.addDeploymentProblem(e);
            }
        }
    }
}
