package io.roomcast.standalone;

import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.InjectionTarget;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.glassfish.tyrus.core.ComponentProvider;

/**
 * Makes endpoints, encoders and decoders with CDI, as application servers do: outside of one, Tyrus does not find CDI
 * by itself. Tyrus makes one provider for each engine and three components for each connection. The components hold
 * nothing that has to be destroyed. Any thread.
 */
public final class CdiComponentProvider extends ComponentProvider {
    /** The beans for the engine that this thread is making. There may be two nodes in one process. */
    private static final ThreadLocal<BeanManager> MAKING = new ThreadLocal<>();

    /** Cached: making one costs more than a handshake. */
    private final Map<Class<?>, InjectionTarget<?>> targets = new ConcurrentHashMap<>();

    private final BeanManager beans = MAKING.get();

    /** Makes an engine whose components get their dependencies from these beans. */
    static <T> T with(BeanManager beans, Supplier<T> engine) {
        MAKING.set(beans);
        try {
            return engine.get();
        } finally {
            MAKING.remove();
        }
    }

    @Override
    public boolean isApplicable(Class<?> type) {
        return type.getName().startsWith("io.roomcast.");
    }

    @Override
    @SuppressWarnings("unchecked") // each is put under its own class
    public <T> Object create(Class<T> type) {
        return make(beans, (InjectionTarget<T>) targets.computeIfAbsent(type, known -> target(beans, known)));
    }

    @Override
    public boolean destroy(Object component) {
        return false;
    }

    /** A new instance with its dependencies. */
    static <T> T injected(BeanManager beans, Class<T> type) {
        return make(beans, target(beans, type));
    }

    private static <T> InjectionTarget<T> target(BeanManager beans, Class<T> type) {
        return beans.getInjectionTargetFactory(beans.createAnnotatedType(type)).createInjectionTarget(null);
    }

    private static <T> T make(BeanManager beans, InjectionTarget<T> target) {
        CreationalContext<T> context = beans.createCreationalContext(null);
        T instance = target.produce(context);
        target.inject(instance, context);
        target.postConstruct(instance);
        return instance;
    }
}
