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
 * The server's executor that {@code roomcast.executor} names, for those who size and watch all work in the server's console. A task that
 * it refuses would stop a room for good; it runs on the fallback instead. Any thread.
 */
final class ServerExecutor implements Executor {
    private static final Logger LOG = System.getLogger(ServerExecutor.class.getName());

    private final String name;
    private final Executor lent;
    private final Executor fallback;
    private final AtomicBoolean told = new AtomicBoolean();

    /** @throws ConfigException when the name is not that of an executor */
    ServerExecutor(String jndiName, Executor fallback) {
        this(jndiName, lookUp(jndiName), fallback);
    }

    ServerExecutor(String name, Executor lent, Executor fallback) {
        this.name = name;
        this.lent = lent;
        this.fallback = fallback;
    }

    @Override
    public void execute(Runnable task) {
        try {
            lent.execute(task);
        } catch (RejectedExecutionException e) {
            if (told.compareAndSet(false, true)) {
                LOG.log(Level.WARNING, name + " refuses tasks; give it more threads or a longer queue", e);
            }
            fallback.execute(task);
        }
    }

    @SuppressWarnings(
            "BanJNDI") // the name is the administrator's, checked when the configuration was read, not a user's
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
