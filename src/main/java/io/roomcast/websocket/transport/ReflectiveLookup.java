package io.roomcast.websocket.transport;

import java.lang.reflect.Field;

/** Looks up what a server does not offer publicly, and says whether all of it is there. */
public final class ReflectiveLookup {

    /** Looks up all names that a server's private classes must have. */
    @FunctionalInterface
    public interface Lookup<T> {
        T all() throws ReflectiveOperationException;
    }

    /**
     * @param found null when something is missing
     * @param missing what is missing; null when nothing is
     */
    public record Result<T>(T found, String missing) {}

    private ReflectiveLookup() {}

    /** Never throws: a server of another version is an answer. */
    public static <T> Result<T> find(Lookup<T> lookup) {
        try {
            return new Result<>(lookup.all(), null);
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            return new Result<>(null, e.toString());
        }
    }

    /** @return the field of this class or of its nearest superclass, made accessible */
    public static Field field(Class<?> from, String name) throws NoSuchFieldException {
        for (Class<?> type = from; type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        throw new NoSuchFieldException(from.getName() + "." + name);
    }
}
