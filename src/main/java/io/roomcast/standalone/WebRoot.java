package io.roomcast.standalone;

import java.io.File;
import java.nio.file.Path;
import org.glassfish.grizzly.http.Method;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.grizzly.http.server.StaticHttpHandler;

/** The files of the chat UI, without those that an application server would not serve either. */
final class WebRoot extends StaticHttpHandler {

    private final Path directory;

    WebRoot(Path directory) {
        super(directory.toString());
        this.directory = directory;
        setFileCacheEnabled(false);
        setDirectorySlashOff(false);
    }

    @Override
    protected boolean handle(String uri, Request request, Response response) throws Exception {
        if (uri.startsWith("/WEB-INF") || uri.startsWith("/META-INF")) {
            return false;
        }
        response.setHeader("Cache-Control", "no-cache");
        return Method.HEAD.equals(request.getMethod()) ? head(uri, response) : super.handle(uri, request, response);
    }

    /** Which Grizzly answers with 405. */
    private boolean head(String uri, Response response) {
        File file = new File(directory.toFile(), uri.endsWith("/") ? uri + "index.html" : uri);
        if (!file.isFile()) {
            return false;
        }
        pickupContentType(response, file.getPath());
        response.setContentLengthLong(file.length());
        return true;
    }
}
