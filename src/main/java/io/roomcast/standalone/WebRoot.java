package io.roomcast.standalone;

import java.nio.file.Path;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.grizzly.http.server.StaticHttpHandler;

/** The files of the chat UI, without those that an application server would not serve either. */
final class WebRoot extends StaticHttpHandler {

    WebRoot(Path directory) {
        super(directory.toString());
        setFileCacheEnabled(false);
        setDirectorySlashOff(false);
    }

    @Override
    protected boolean handle(String uri, Request request, Response response) throws Exception {
        if (uri.startsWith("/WEB-INF") || uri.startsWith("/META-INF")) {
            return false;
        }
        response.setHeader("Cache-Control", "no-cache");
        return super.handle(uri, request, response);
    }
}
