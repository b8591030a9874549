package io.roomcast.container;

import io.roomcast.archive.Dialect;
import io.roomcast.archive.JdbcArchive;
import io.roomcast.archive.LazyArchive;
import io.roomcast.archive.UnfitDatabaseException;
import io.roomcast.config.ArchiveKeys;
import io.roomcast.config.ConfigException;
import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Clocks;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/** Opens the archive in the data source of the application server that {@code roomcast.archive.datasource} names. */
final class ServerArchive {
    private static final Logger LOG = System.getLogger(ServerArchive.class.getName());

    private ServerArchive() {}

    /**
     * The data source and the database may be away, and are looked for again then.
     *
     * @throws ConfigException if what has this name is no data source, or its database cannot have an archive
     */
    static Optional<Archive> open(RoomcastConfig config, Clocks clocks) {
        return open(config, clocks, ServerArchive::lookUp);
    }

    /** As {@code doLookup} of {@link InitialContext}. */
    @FunctionalInterface
    interface Directory {
        Object find(String name) throws NamingException;
    }

    static Optional<Archive> open(RoomcastConfig config, Clocks clocks, Directory directory) {
        String name = config.get(ArchiveKeys.DATASOURCE);
        if (name.isEmpty()) {
            return Optional.empty();
        }
        String setting = ArchiveKeys.DATASOURCE.name() + "=" + name;
        String relay = config.get(Keys.RELAY);
        if (!relay.equals("local") && !relay.equals("redis")) {
            throw new ConfigException(List.of(setting + " needs " + Keys.RELAY.name() + "=local or redis"));
        }
        Dialect dialect = relay.equals("local") ? Dialect.POSTGRESQL : Dialect.POSTGRESQL_SHARED;
        String place = "the data source " + name;
        LazyArchive archive = new LazyArchive(
                setting, place, () -> open(find(directory, name), dialect, place, config, clocks), clocks.nanos());
        try {
            archive.tryToOpen();
        } catch (UnfitDatabaseException e) {
            throw new ConfigException(List.of(setting + " cannot be used: " + e.getMessage()));
        }
        LOG.log(Level.INFO, "Messages are kept in " + place);
        return Optional.of(archive);
    }

    /** The server owns the data source. So nothing of it is closed but the connections. */
    private static Archive open(
            DataSource source, Dialect dialect, String place, RoomcastConfig config, Clocks clocks) {
        requirePostgres(source);
        return new JdbcArchive(
                source,
                dialect,
                place,
                config.get(ArchiveKeys.LANGUAGE),
                clocks.wall(),
                connection -> {},
                () -> {},
                () -> {});
    }

    private static void requirePostgres(DataSource source) {
        try (Connection connection = source.getConnection()) {
            String product = connection.getMetaData().getDatabaseProductName();
            if (!product.equals("PostgreSQL")) {
                throw new UnfitDatabaseException("its database is " + product + ", and must be PostgreSQL");
            }
        } catch (SQLException e) {
            throw new ArchiveException(String.valueOf(e.getMessage()), e, false);
        }
    }

    @SuppressWarnings("BanJNDI") // the name comes from the administrator's configuration, never from a user
    private static Object lookUp(String name) throws NamingException {
        return InitialContext.doLookup(name);
    }

    /** A server that starts may bind the name when applications run already, as WildFly does. */
    private static DataSource find(Directory directory, String name) {
        try {
            if (directory.find(name) instanceof DataSource source) {
                return source;
            }
        } catch (NamingException e) {
            throw new ArchiveException("it is not in JNDI: " + e.getMessage(), e, false);
        }
        throw new UnfitDatabaseException("it is not a data source");
    }
}
