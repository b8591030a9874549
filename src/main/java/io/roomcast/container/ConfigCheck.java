package io.roomcast.container;

import io.roomcast.config.ConfigException;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.AfterDeploymentValidation;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.Extension;

/**
 * Fails the deployment if the configuration is wrong, before anything starts. One message lists all errors, and the
 * operator gets it as the error of the deployment. The embedded server also loads this extension, but has no beans of
 * this package and checks its configuration itself.
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
