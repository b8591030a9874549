package io.roomcast.standalone;

import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.enterprise.inject.spi.InjectionTarget;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.glassfish.tyrus.core.ComponentProvider;

/**
 * Has CDI make endpoints, encoders and decoders, as application servers do. Tyrus finds no CDI by itself outside of one, makes a provider
 * for each of its engines, and three components for each connection. They hold nothing that would have to be destroyed.
 */
public final class CdiComponentProvider extends ComponentProvider {
    /** Making one costs more than the whole handshake. */
    private final Map<Class<?>, InjectionTarget<?>> targets = new ConcurrentHashMap<>();

    @Override
    public boolean isApplicable(Class<?> type) {
        return type.getName().startsWith("io.roomcast.");
    }

    @Override
    @SuppressWarnings("unchecked") // each is put under its own class
    public <T> Object create(Class<T> type) {
        return make((InjectionTarget<T>) targets.computeIfAbsent(type, CdiComponentProvider::target));
    }

    @Override
    public boolean destroy(Object component) {
        return false;
    }

    /** A new instance with its dependencies. */
    static <T> T injected(Class<T> type) {
        return make(target(type));
    }

    private static <T> InjectionTarget<T> target(Class<T> type) {
        BeanManager beans = CDI.current().getBeanManager();
        return beans.getInjectionTargetFactory(beans.createAnnotatedType(type)).createInjectionTarget(null);
    }

    private static <T> T make(InjectionTarget<T> target) {
        CreationalContext<T> context = CDI.current().getBeanManager().createCreationalContext(null);
        T instance = target.produce(context);
        target.inject(instance, context);
        target.postConstruct(instance);
        return instance;
    }
}
