package io.roomcast.http.files;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A module as the body of a function. Its imports read from {@link #MODULES}, where each module of the bundle has put
 * what it exports.
 *
 * <p>It knows the statements {@code import './a.js'}, {@code import { a, b as c } from './a.js'},
 * {@code export { a } from './a.js'}, {@code export function}, {@code export class}, and {@code export const} with one
 * name; each at the start of a line, where nothing else begins with these words. With other forms, with
 * {@code import()} or with {@code await} outside functions, there is no such module: what would run could differ from
 * what is written.
 *
 * @param imports in the order of the text
 * @param exports the names
 * @param text has the lines of the module, at the same places
 * @param result the properties of the object that the function returns, as a list for an object literal
 */
record BundledModule(String path, List<Import> imports, Set<String> exports, String text, String result) {
    /** The variable of the bundle. */
    static final String MODULES = "$modules";

    private static final Pattern PATH = Pattern.compile("[\\w ./-]+");
    private static final String SPECIFIER = "['\"](\\.[^'\"\\n]+)['\"];?";
    private static final Pattern FROM =
            Pattern.compile("(?m)^(import|export)\\s*\\{([\\w$,\\s]*)}\\s*from\\s*" + SPECIFIER);
    private static final Pattern IMPORT_ALONE = Pattern.compile("(?m)^import\\s*" + SPECIFIER);
    private static final Pattern DECLARATION =
            Pattern.compile("(?m)^export\\s+(?=(?:(?:async\\s+)?function\\b\\s*\\*?|class\\b|const\\b)\\s*([\\w$]+))");
    private static final Pattern COMMENT_LINE = Pattern.compile("(?m)^\\s*(?:/?\\*|//).*$");
    private static final Pattern ADDRESS = Pattern.compile("\\bimport\\.meta\\.url\\b");
    private static final Pattern UNKNOWN = Pattern.compile("(?m)^\\s*(?:import|export)\\b"
            + "|\\bimport\\s*\\("
            + "|\\bimport\\.meta\\b(?!\\.url\\b)"
            + "|^(?![\\s])(?:(?!\\basync\\b).)*\\bawait\\b");

    /**
     * What a module takes from another.
     *
     * @param names as that module exports them
     */
    record Import(String path, List<String> names) {}

    /** A name in braces, and what it is called after {@code as}; else the same. */
    private record Name(String outer, String inner) {}

    /**
     * @param path of the module
     * @param top the address of the top of the files, relative to the bundle
     * @param resolve makes a path of that of the module and of what the module imports
     */
    static Optional<BundledModule> read(String path, String source, String top, BinaryOperator<String> resolve) {
        List<Import> imports = new ArrayList<>();
        Map<String, String> exports = new LinkedHashMap<>();
        String text = FROM.matcher(source).replaceAll(statement -> {
            String from = resolve.apply(path, statement.group(3));
            List<Name> names = names(statement.group(2));
            imports.add(new Import(from, names.stream().map(Name::outer).toList()));
            String code = "";
            if (statement.group(1).equals("import")) {
                code = names.stream()
                        .map(name -> name.outer() + ": " + name.inner())
                        .collect(Collectors.joining(", ", "const { ", " } = " + reference(from) + ";"));
            } else {
                names.forEach(name -> exports.put(name.inner(), reference(from) + "." + name.outer()));
            }
            return Matcher.quoteReplacement(code) + lineEnds(statement);
        });
        text = IMPORT_ALONE.matcher(text).replaceAll(statement -> {
            imports.add(new Import(resolve.apply(path, statement.group(1)), List.of()));
            return "";
        });
        text = DECLARATION.matcher(text).replaceAll(statement -> {
            exports.put(statement.group(1), statement.group(1));
            return "";
        });
        if (!PATH.matcher(path).matches()
                || UNKNOWN.matcher(COMMENT_LINE.matcher(text).replaceAll("")).find()) {
            return Optional.empty();
        }
        text = ADDRESS.matcher(text).replaceAll("new URL('" + top + path.substring(1) + "', import.meta.url).href");
        String result = exports.entrySet().stream()
                .map(export -> export.getKey() + ": " + export.getValue())
                .collect(Collectors.joining(", "));
        return Optional.of(new BundledModule(path, List.copyOf(imports), Set.copyOf(exports.keySet()), text, result));
    }

    /** What the bundle has of a module. */
    static String reference(String path) {
        return MODULES + "['" + path + "']";
    }

    private static List<Name> names(String list) {
        List<Name> names = new ArrayList<>();
        for (String item : list.split(",", -1)) {
            String[] words = item.strip().split("\\s+as\\s+", 2);
            if (!words[0].isEmpty()) {
                names.add(new Name(words[0], words[words.length - 1]));
            }
        }
        return names;
    }

    private static String lineEnds(MatchResult statement) {
        return "\n"
                .repeat((int) statement.group().chars().filter(c -> c == '\n').count());
    }
}
