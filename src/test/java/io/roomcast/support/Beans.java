package io.roomcast.support;

import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes the application's objects as CDI does in a server, without CDI: one of each class, by a producer's method or by
 * the constructor with {@link Inject}. A test gets the wiring of production, except for the objects that it puts in.
 */
public final class Beans {
    private final Object producers;
    private final Map<Class<?>, Object> made = new HashMap<>();

    /** @param producers has the methods with {@link Produces} */
    public Beans(Object producers) {
        this.producers = producers;
    }

    /** Uses this object, or null, in place of a made one. */
    public <T> Beans put(Class<T> type, T bean) {
        made.put(type, bean);
        return this;
    }

    /** What CDI injects where there may be several of a kind: this one. */
    @SuppressWarnings("unchecked")
    public static <T> Instance<T> only(T bean) {
        return (Instance<T>) Proxy.newProxyInstance(
                Beans.class.getClassLoader(), new Class<?>[] {Instance.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("stream")) {
                        return Stream.of(bean);
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
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
