package io.roomcast.websocket.transport;

import java.lang.reflect.Field;

/** Looks up private classes, methods and fields of a server by reflection, and reports whether all of them exist. */
public final class ReflectiveLookup {

    /** Looks up everything that one feature needs of a server. */
    @FunctionalInterface
    public interface Finder<T> {
        T findAll() throws ReflectiveOperationException;
    }

    /**
     * @param found null if something is missing
     * @param missing the error that names what is missing; null if nothing is
     */
    public record Result<T>(T found, String missing) {}

    private ReflectiveLookup() {}

    /**
     * Looks everything up. If something is missing, as in another version of the server, the result says what; nothing
     * is thrown.
     */
    public static <T> Result<T> find(Finder<T> finder) {
        try {
            return new Result<>(finder.findAll(), null);
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
