package io.roomcast.http.files;

import io.roomcast.http.ErrorBody;
import io.roomcast.http.Problem;
import io.roomcast.http.ReadOnlyServlet;
import io.roomcast.service.admission.Verdict;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Serves the {@link WebFiles} of the WAR on an application server. The server's own servlet would compare the times of
 * files, and would not compress them.
 *
 * <p>All scripts, styles and pictures, what makes a package of the client library, but of the pages only that of the
 * chat. With a mapping for all pages, Payara would look for the page of each directory, even of one that does not exist,
 * and {@code /ws/lobby/} would become a person with the name {@code index.html}.
 */
@WebServlet(
        name = "files",
        urlPatterns = {"/index.html", "/v/*", "*.js", "*.css", "*.svg", "/js/roomcast.d.ts", "/js/package.json"})
public class FileServlet extends ReadOnlyServlet {
    private static final long serialVersionUID = 1L;

    private transient WebFiles files;

    @Override
    public void init() throws ServletException {
        Map<String, byte[]> contents = new HashMap<>();
        try {
            read(getServletContext(), "/", contents);
        } catch (IOException e) {
            throw new ServletException(e);
        }
        files = WebFiles.of(contents);
    }

    private static void read(ServletContext application, String directory, Map<String, byte[]> contents)
            throws IOException {
        Set<String> paths = application.getResourcePaths(directory);
        for (String path : paths == null ? Set.<String>of() : paths) {
            if (path.endsWith("/")) {
                if (!path.equals("/WEB-INF/") && !path.equals("/META-INF/")) {
                    read(application, path, contents);
                }
            } else if (WebFiles.has(path)) {
                try (InputStream content = application.getResourceAsStream(path)) {
                    contents.put(path, content.readAllBytes());
                }
            }
        }
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String info = request.getPathInfo() == null ? "" : request.getPathInfo();
        FileAnswer answer = files.answer(
                request.getServletPath() + info,
                request.getHeader("Accept-Encoding"),
                request.getHeader("If-None-Match"));
        if (answer == null) {
            response.setHeader("Cache-Control", "no-cache");
            ErrorBody.write(Problem.of(Verdict.NOT_FOUND), request, response);
            return;
        }
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
        if (answer.hasBody()) {
            response.setContentLength(answer.body().length);
            response.getOutputStream().write(answer.body());
        }
    }
}
