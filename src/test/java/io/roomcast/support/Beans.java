package io.roomcast.support;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Puts the application together as CDI does in a server, without CDI: each class once, by a producer's method or by its constructor
 * with {@link Inject}. So a test has the same wiring as production, but for what it puts in itself.
 */
public final class Beans {
    private final Object producers;
    private final Map<Class<?>, Object> made = new HashMap<>();

    /** @param producers has the methods with {@link Produces} */
    public Beans(Object producers) {
        this.producers = producers;
    }

    /** This one and no other; null where what needs it can do without. */
    public <T> Beans put(Class<T> type, T bean) {
        made.put(type, bean);
        return this;
    }

    public <T> T get(Class<T> type) {
        if (!made.containsKey(type)) {
            made.put(type, make(type));
        }
        return type.cast(made.get(type));
    }

    private Object make(Class<?> type) {
        try {
            for (Method method : producers.getClass().getDeclaredMethods()) {
                if (method.isAnnotationPresent(Produces.class) && method.getReturnType() == type) {
                    method.setAccessible(true);
                    return method.invoke(producers, needs(method));
                }
            }
            for (Constructor<?> constructor : type.getDeclaredConstructors()) {
                if (constructor.isAnnotationPresent(Inject.class)) {
                    constructor.setAccessible(true);
                    return constructor.newInstance(needs(constructor));
                }
            }
            throw new IllegalStateException("nothing makes a " + type.getName());
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(type.getName() + " cannot be made", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private Object[] needs(Executable maker) {
        return Stream.of(maker.getParameterTypes()).map(this::get).toArray();
    }
}
