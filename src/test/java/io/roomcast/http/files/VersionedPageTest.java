package io.roomcast.http.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the page names in place of its stylesheets and modules. */
class VersionedPageTest {
    private static final String BUNDLE = "/js/app/main-bundle.js";

    private static VersionedPage page(String... pathsAndTexts) {
        Map<String, byte[]> files = new HashMap<>();
        for (int i = 0; i < pathsAndTexts.length; i += 2) {
            files.put(pathsAndTexts[i], pathsAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
        }
        return new VersionedPage(files);
    }

    /** A page with these modules, of which the first is the one that it names. */
    private static VersionedPage modules(String... pathsAndTexts) {
        String script = "<script type=\"module\" src=\"js/app/main.js\"></script>";
        String[] all = Stream.concat(Stream.of("/index.html", script), Arrays.stream(pathsAndTexts))
                .toArray(String[]::new);
        return page(all);
    }

    private static String text(VersionedPage page) {
        return new String(page.text("v/1"), StandardCharsets.UTF_8);
    }

    private static String bundle(VersionedPage page, String path) {
        return new String(page.bundles().get(path), StandardCharsets.UTF_8);
    }

    @Test
    void modulesBecomeFunctionsInTheOrderInWhichTheyRun() {
        VersionedPage page = modules(
                "/js/app/main.js",
                """
                import { part as piece, twice } from './part.js';
                import {
                  last,
                } from "../lib.js";
                import '../alone.js';
                /** @type {import('./elsewhere.js').Type} */
                export const sum = piece + twice(last);
                """,
                "/js/app/part.js",
                """
                import { last } from '../last.js';
                export const part = 1;
                export async function* twice(n) { return last; }
                export class Whole { export = 1 }
                """,
                "/js/lib.js",
                "export { last, other as more } from './last.js';\n",
                "/js/last.js",
                "export function last() {}\nexport const other = import.meta.url;",
                "/js/alone.js",
                "window.alone = 1;\n");
        String[] text = bundle(page, BUNDLE).split("(?=//# )", 2);
        assertEquals("""
                const $modules = {};
                $modules['/js/last.js'] = (() => {
                function last() {}
                const other = new URL('../../js/last.js', import.meta.url).href;
                return { last: last, other: other };
                })();
                $modules['/js/app/part.js'] = (() => {
                const { last: last } = $modules['/js/last.js'];
                const part = 1;
                async function* twice(n) { return last; }
                class Whole { export = 1 }
                return { part: part, twice: twice, Whole: Whole };
                })();
                $modules['/js/lib.js'] = (() => {

                return { last: $modules['/js/last.js'].last, more: $modules['/js/last.js'].other };
                })();
                $modules['/js/alone.js'] = (() => {
                window.alone = 1;
                return {  };
                })();
                $modules['/js/app/main.js'] = (() => {
                const { part: piece, twice: twice } = $modules['/js/app/part.js'];
                const { last: last } = $modules['/js/lib.js'];



                /** @type {import('./elsewhere.js').Type} */
                const sum = piece + twice(last);
                return { sum: sum };
                })();
                """, text[0]);
        String map = text[1].substring(text[1].indexOf("base64,") + 7).strip();
        assertEquals(
                "{\"version\":3,\"sources\":[\"../../js/last.js\",\"../../js/app/part.js\",\"../../js/lib.js\","
                        + "\"../../js/alone.js\",\"../../js/app/main.js\"],\"names\":[],\"mappings\":\""
                        + ";;AAAA;AACA;;;;ACDA;AACA;AACA;AACA;;;;ACHA;;;;ACAA;;;;ACAA;AACA;AACA;AACA;AACA;AACA;AACA;\"}",
                new String(Base64.getDecoder().decode(map), StandardCharsets.UTF_8));
        assertEquals("<script type=\"module\" src=\"v/1" + BUNDLE + "\"></script>", text(page));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "import { part } from './none.js';",
                "import { none } from './part.js';",
                "import { part } from 'elsewhere';",
                "import part from './part.js';",
                "import * as part from './part.js';",
                "import part, { more } from './part.js';",
                "import { circle } from './circle.js';",
                "import './strange''.js';",
                "  import './part.js';",
                "const part = await import('./part.js');",
                "function later() { import ('./part.js'); }",
                "const part = await Promise.resolve();",
                "await part;",
                "console.log(import.meta);",
                "export let part = 1;",
                "export const { part } = {};",
                "export default class Part {}",
                "export * from './part.js';",
                "export { part };",
            })
    void whatCannotBeJoinedStaysAsItIs(String statement) {
        VersionedPage page = modules(
                "/js/app/main.js",
                "import './part.js';\n" + statement + "\n",
                "/js/app/part.js",
                "export const part = 1, more = 2;\n",
                "/js/app/circle.js",
                "import './main.js';\nexport const circle = 1;\n",
                "/js/app/strange'.js",
                "");
        assertEquals("<script type=\"module\" src=\"v/1/js/app/main.js\"></script>", text(page));
        assertEquals(Map.of(), page.bundles());
    }

    @Test
    void stylesheetsFollowOneAnother() {
        VersionedPage page = page(
                "/index.html", """
                  <link rel="stylesheet" href="css/b.css">
                  <link rel="stylesheet" href="css/a.css">
                  <link rel="icon" href="img/a.svg">
                """, "/css/a.css", "a { color: red }", "/css/b.css", "b { background: url(b.svg) }\n");
        assertEquals("""
                  <link rel="stylesheet" href="v/1/css/bundle.css">
                  <link rel="icon" href="v/1/img/a.svg">
                """, text(page));
        assertEquals(
                "/* /css/b.css */\nb { background: url(b.svg) }\n\n/* /css/a.css */\na { color: red }\n",
                bundle(page, "/css/bundle.css"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"css/none.css", "css/import.css", "css/more/a.css", "css/a.css\" media=\"print"})
    void aStylesheetThatIsNotLikeTheOthersStaysAlone(String other) {
        String links =
                "<link rel=\"stylesheet\" href=\"css/a.css\">\n<link rel=\"stylesheet\" href=\"" + other + "\">\n";
        VersionedPage page = page(
                "/index.html", links, "/css/a.css", "", "/css/import.css", "@import 'a.css';", "/css/more/a.css", "");
        assertEquals(links.replace("css/", "v/1/css/"), text(page).replace("css/morev/1/", "css/more/"));
        assertEquals(Map.of(), page.bundles());
    }

    @Test
    void theChatIsJoined() throws IOException {
        Path source = Path.of("src/main/webapp");
        Map<String, byte[]> files = new HashMap<>();
        try (Stream<Path> tree = Files.walk(source)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                files.put("/" + source.relativize(file), Files.readAllBytes(file));
            }
        }
        VersionedPage page = new VersionedPage(files);
        assertEquals(Set.of(BUNDLE, "/css/bundle.css"), page.bundles().keySet());
        String all =
                page.bundles().keySet().stream().map(path -> bundle(page, path)).collect(Collectors.joining());
        files.keySet().stream()
                .filter(path -> path.endsWith(".css"))
                .forEach(path -> assertTrue(all.contains("/* " + path + " */"), path));
        files.keySet().stream()
                .filter(path -> path.endsWith(".js") && !path.endsWith("/theme-first.js"))
                .forEach(path -> assertTrue(all.contains("$modules['" + path + "'] = "), path));
    }
}
