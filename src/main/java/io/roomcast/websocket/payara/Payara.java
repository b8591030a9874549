package io.roomcast.websocket.payara;

import jakarta.servlet.ServletContext;

/** Tells Payara from other servers, for the few things that it alone wants otherwise. */
public final class Payara {
    private Payara() {}

    public static boolean runs(ServletContext application) {
        return application.getServerInfo().startsWith("Payara");
    }
}
