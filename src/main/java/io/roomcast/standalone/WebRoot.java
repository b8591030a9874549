package io.roomcast.standalone;

import io.roomcast.http.ErrorBody;
import io.roomcast.http.Problem;
import io.roomcast.http.ReadOnlyServlet;
import io.roomcast.http.files.FileAnswer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.glassfish.grizzly.http.Method;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.grizzly.http.server.StaticHttpHandler;

/** Serves the files of the chat UI, but nothing below {@code /WEB-INF} and {@code /META-INF}. */
final class WebRoot extends StaticHttpHandler {

    /** Files up to this size are read whole, so that no file stays open while a client reads slowly. */
    private static final long MAX_READ_WHOLE_BYTES = 1 << 20;

    private final Path directory;
    private final WebDirectory files;

    WebRoot(Path directory) {
        super(directory.toString());
        this.directory = directory;
        this.files = new WebDirectory(directory, System::nanoTime);
        setFileCacheEnabled(false);
        setDirectorySlashOff(false);
    }

    @Override
    protected boolean handle(String uri, Request request, Response response) throws Exception {
        response.setHeader("Cache-Control", "no-cache");
        if (uri.startsWith("/WEB-INF") || uri.startsWith("/META-INF") || isDirectory(uri)) {
            return false;
        }
        boolean head = Method.HEAD.equals(request.getMethod());
        boolean read = head || Method.GET.equals(request.getMethod());
        FileAnswer answer = read
                ? files.answer(uri, request.getHeader("Accept-Encoding"), request.getHeader("If-None-Match"))
                : files.answer(uri, null, null);
        File file = new File(directory.toFile(), uri.endsWith("/") ? uri + "index.html" : uri);
        if (!read) {
            boolean found = answer != null || file.isFile();
            if (found) {
                answerUnread(request, response);
            }
            return found;
        }
        if (answer != null) {
            write(answer, head, response);
            return true;
        }
        if (head) {
            return head(file, response);
        }
        if (file.isFile() && file.length() <= MAX_READ_WHOLE_BYTES) {
            byte[] content = Files.readAllBytes(file.toPath());
            pickupContentType(response, file.getPath());
            response.setContentLength(content.length);
            response.getOutputStream().write(content);
            return true;
        }
        return super.handle(uri, request, response);
    }

    /** Answers a method that reads nothing, as {@link ReadOnlyServlet} does. Grizzly would leave out why. */
    private static void answerUnread(Request request, Response response) throws IOException {
        response.setHeader("Allow", ReadOnlyServlet.ALLOW);
        if (!Method.OPTIONS.equals(request.getMethod())) {
            Problem refusal = ReadOnlyServlet.REFUSAL;
            ErrorBody body = ErrorBody.of(refusal, request.getRequestURI(), request.getHeader("Accept"));
            response.setStatus(refusal.status());
            response.setContentType(body.contentType());
            response.setContentLength(body.bytes().length);
            response.getOutputStream().write(body.bytes());
        }
    }

    private static void write(FileAnswer answer, boolean head, Response response) throws IOException {
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
        if (answer.hasBody()) {
            response.setContentLength(answer.body().length);
            if (!head) {
                response.getOutputStream().write(answer.body());
            }
        }
    }

    /** Whether this names a directory, other than that of the page. Java would ignore the slash at the end of a file. */
    private static boolean isDirectory(String uri) {
        return uri.endsWith("/") && uri.length() > 1;
    }

    /** Answers HEAD, which Grizzly would answer with 405. */
    private static boolean head(File file, Response response) {
        if (!file.isFile()) {
            return false;
        }
        pickupContentType(response, file.getPath());
        response.setContentLengthLong(file.length());
        return true;
    }
}
