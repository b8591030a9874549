package io.roomcast.container;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.CDI;

/**
 * Creates all beans of Roomcast when the application starts. CDI would create each of them at its first call, which may
 * come with a message of a client. Then the thread that reads the connection would wait, and GlassFish would report each
 * bean as an error, because that thread serves no request.
 */
final class EagerBeans {
    private static final String OURS = "io.roomcast.";

    private EagerBeans() {}

    static void create() {
        BeanManager beans = CDI.current().getBeanManager();
        beans.getBeans(Object.class, Any.Literal.INSTANCE).stream()
                .filter(bean -> bean.getScope() == ApplicationScoped.class)
                .filter(bean -> bean.getBeanClass().getName().startsWith(OURS))
                .forEach(bean -> create(beans, bean));
    }

    private static <T> void create(BeanManager beans, Bean<T> bean) {
        beans.getContext(ApplicationScoped.class).get(bean, beans.createCreationalContext(bean));
    }
}
