package io.roomcast.support.server;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Where {@code arquillian.launch} names an application server: has it running, with the WAR deployed, before the first
 * test class, and stops it after the last. Found by JUnit itself, so the black-box tests know nothing of it. Those with
 * the tag {@code own-server} start theirs.
 */
public final class ServerUnderTest implements BeforeAllCallback {

    @Override
    public void beforeAll(ExtensionContext context) {
        String server = System.getProperty("arquillian.launch");
        if (server != null && !context.getTags().contains("own-server")) {
            context.getRoot()
                    .getStore(Namespace.create(ServerUnderTest.class))
                    .computeIfAbsent(server, DeployedWar::start, DeployedWar.class);
        }
    }
}
