package io.roomcast.container;

import io.roomcast.config.ConfigException;
import io.roomcast.config.Keys;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/**
 * The server's executor that {@code roomcast.executor} names, for operators who size and observe all work in the
 * server's console. If it rejects a task, the fallback runs the task, because a room that lost a task would stop. Any
 * thread.
 */
final class ServerExecutor implements Executor {
    private static final Logger LOG = System.getLogger(ServerExecutor.class.getName());

    private final String name;
    private final Executor delegate;
    private final Executor fallback;
    private final AtomicBoolean warned = new AtomicBoolean();

    /** @throws ConfigException if the name is not that of an executor */
    ServerExecutor(String jndiName, Executor fallback) {
        this(jndiName, lookUp(jndiName), fallback);
    }

    ServerExecutor(String name, Executor delegate, Executor fallback) {
        this.name = name;
        this.delegate = delegate;
        this.fallback = fallback;
    }

    @Override
    public void execute(Runnable task) {
        try {
            delegate.execute(task);
        } catch (RejectedExecutionException e) {
            if (warned.compareAndSet(false, true)) {
                LOG.log(Level.WARNING, name + " rejects tasks; give it more threads or a longer queue", e);
            }
            fallback.execute(task);
        }
    }

    @SuppressWarnings("BanJNDI") // the name comes from the administrator's configuration, never from a user
    private static Executor lookUp(String name) {
        try {
            if (InitialContext.doLookup(name) instanceof Executor executor) {
                return executor;
            }
        } catch (NamingException e) {
            throw new ConfigException(
                    List.of(Keys.EXECUTOR.name() + "=" + name + " is not in JNDI: " + e.getMessage()));
        }
        throw new ConfigException(List.of(Keys.EXECUTOR.name() + "=" + name + " is not an executor"));
    }
}
