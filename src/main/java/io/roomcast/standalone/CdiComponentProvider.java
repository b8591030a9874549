package io.roomcast.standalone;

import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.InjectionTarget;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.glassfish.tyrus.core.ComponentProvider;

/**
 * Creates endpoints, encoders and decoders with CDI, as application servers do. Outside an application server, Tyrus
 * does not find CDI by itself. Tyrus creates one provider for each engine, and three components for each connection.
 * The components hold nothing that must be destroyed. Any thread.
 */
public final class CdiComponentProvider extends ComponentProvider {
    /** The beans for the engine that this thread is creating. One process may contain two nodes. */
    private static final ThreadLocal<BeanManager> CURRENT_BEANS = new ThreadLocal<>();

    /** Cached, because creating one takes longer than a handshake. */
    private final Map<Class<?>, InjectionTarget<?>> targets = new ConcurrentHashMap<>();

    private final BeanManager beans = CURRENT_BEANS.get();

    /** Creates an engine whose components get their dependencies from these beans. */
    static <T> T with(BeanManager beans, Supplier<T> engine) {
        CURRENT_BEANS.set(beans);
        try {
            return engine.get();
        } finally {
            CURRENT_BEANS.remove();
        }
    }

    @Override
    public boolean isApplicable(Class<?> type) {
        return type.getName().startsWith("io.roomcast.");
    }

    @Override
    @SuppressWarnings("unchecked") // each is put under its own class
    public <T> Object create(Class<T> type) {
        return instantiate(beans, (InjectionTarget<T>) targets.computeIfAbsent(type, known -> target(beans, known)));
    }

    @Override
    public boolean destroy(Object component) {
        return false;
    }

    /** Creates an instance with its dependencies. */
    static <T> T injected(BeanManager beans, Class<T> type) {
        return instantiate(beans, target(beans, type));
    }

    private static <T> InjectionTarget<T> target(BeanManager beans, Class<T> type) {
        return beans.getInjectionTargetFactory(beans.createAnnotatedType(type)).createInjectionTarget(null);
    }

    private static <T> T instantiate(BeanManager beans, InjectionTarget<T> target) {
        CreationalContext<T> context = beans.createCreationalContext(null);
        T instance = target.produce(context);
        target.inject(instance, context);
        target.postConstruct(instance);
        return instance;
    }
}
