package io.roomcast.support.server;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.test.spi.LifecycleMethodExecutor;
import org.jboss.arquillian.test.spi.TestRunnerAdaptor;
import org.jboss.arquillian.test.spi.TestRunnerAdaptorBuilder;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The WAR as it was built, deployed once on a server that Arquillian starts and stops. */
final class DeployedWar implements AutoCloseable {
    private final TestRunnerAdaptor arquillian = TestRunnerAdaptorBuilder.build();

    private DeployedWar() {}

    @Deployment(testable = false)
    public static WebArchive war() {
        return ShrinkWrap.createFromZipFile(WebArchive.class, new File(System.getProperty("roomcast.war")));
    }

    static DeployedWar start(String server) {
        DeployedWar war = new DeployedWar();
        try {
            if ("wildfly".equals(server)) {
                Path standalone =
                        Path.of(System.getProperty("wildfly.home"), "standalone/configuration/standalone.xml");
                JGroups.takeFreePorts(standalone);
                compress(standalone);
            } else {
                PayaraCommand.preboot();
            }
            war.arquillian.beforeSuite();
            war.arquillian.beforeClass(DeployedWar.class, LifecycleMethodExecutor.NO_OP);
            return war;
        } catch (Exception e) {
            throw new IllegalStateException(server + " does not start, or does not take the WAR", e);
        }
    }

    /** Lets clients that ask for it have permessage-deflate, as administrators may. */
    private static void compress(Path standalone) throws IOException {
        Files.writeString(
                standalone,
                Files.readString(standalone)
                        .replace("<websockets/>", "<websockets per-message-deflate=\"true\" deflater-level=\"6\"/>"));
    }

    @Override
    public void close() {
        try {
            arquillian.afterClass(DeployedWar.class, LifecycleMethodExecutor.NO_OP);
            arquillian.afterSuite();
        } catch (Exception e) {
            throw new IllegalStateException("the server does not stop", e);
        } finally {
            arquillian.shutdown();
        }
    }
}
