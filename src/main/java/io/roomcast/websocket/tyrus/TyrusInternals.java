package io.roomcast.websocket.tyrus;

import io.roomcast.websocket.transport.ReflectiveLookup;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What Tyrus 2.1 hides in the WebSocket container of an application server: the size of its buffers, and its timer. All
 * names are looked up in the constructor, before there is any connection. The embedded server does not need this class.
 */
public final class TyrusInternals {
    private final Object container;
    private final Object engine;
    private final Method incomingBufferSize;
    private final Field timer;

    private TyrusInternals(Object container) throws ReflectiveOperationException {
        this.container = container;
        Method getEngine = container.getClass().getMethod("getWebSocketEngine");
        getEngine.setAccessible(true);
        engine = getEngine.invoke(container);
        incomingBufferSize = engine.getClass().getMethod("setIncomingBufferSize", int.class);
        timer = ReflectiveLookup.field(container.getClass(), "managedScheduledExecutorService");
    }

    /**
     * @param container the WebSocket container of the application
     * @throws ReflectiveOperationException naming what this version of Tyrus does not have
     */
    public static TyrusInternals of(Object container) throws ReflectiveOperationException {
        return new TyrusInternals(container);
    }

    /** Sets the size for connections that open from now on. */
    void setIncomingBufferSize(int bytes) {
        try {
            incomingBufferSize.invoke(engine, bytes);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sets the timer for connections that open from now on. */
    void setTimer(ScheduledExecutorService executor) {
        try {
            timer.set(container, executor);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
