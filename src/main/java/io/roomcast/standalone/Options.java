package io.roomcast.standalone;

import io.roomcast.config.ArchiveKeys;
import io.roomcast.config.ConfigException;
import io.roomcast.config.Key;
import io.roomcast.config.KeyFamily;
import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.BuildInfo;
import io.roomcast.node.LogText;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line. Each key is an option. An option overrides a system property, and a system property overrides the
 * environment.
 */
final class Options {
    static final String CHECK = "--check";
    private static final String EXTRACT = "--extract";

    private static final String PREFIX = "roomcast.";
    private static final String DASHES = "--";
    /** The priority of the command line in MicroProfile Config. System properties have 400. */
    private static final int ORDINAL = 500;
    /** Columns of a line of --help. */
    private static final int WIDTH = 110;
    /** Columns of a line that describes an option. */
    private static final int DESCRIPTION_WIDTH = WIDTH - 32;

    private Options() {}

    static CommandSpec spec() {
        CommandSpec spec = CommandSpec.create()
                .name("roomcast")
                .version("Roomcast " + BuildInfo.version())
                .mixinStandardHelpOptions(false);
        spec.parser().collectErrors(true);
        spec.usageMessage()
                .customSynopsis("roomcast [OPTION]...")
                .description(
                        "Starts a Roomcast node in this process.",
                        "",
                        "Each option is a configuration key: --history.age=2h is roomcast.history.age, and may as well be given"
                                + " as the system property roomcast.history.age or as ROOMCAST_HISTORY_AGE in the"
                                + " environment. A key with a part of your own, such as roomcast.roles.editor, keeps"
                                + " its name there.",
                        "")
                .sortOptions(false)
                .width(WIDTH);
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Shows this.")
                .build());
        spec.addOption(OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Shows the version.")
                .build());
        spec.addOption(OptionSpec.builder(CHECK)
                .description(wrapped("Checks the configuration and ends. For an application server, give its system "
                        + "properties and its environment, too."))
                .build());
        spec.addOption(OptionSpec.builder(EXTRACT)
                .type(String.class)
                .paramLabel("<directory>")
                .description(wrapped("As the only option: unpacks the WAR into a new directory and ends. "
                        + "java -jar DIRECTORY/roomcast.jar starts faster, and can use a class-data archive."))
                .build());
        for (Key<?> key : shown()) {
            spec.addOption(OptionSpec.builder(option(key))
                    .type(String.class)
                    .paramLabel("<" + key.kind() + ">")
                    .description(wrapped(key.doc().replace("`", "")
                            + (key.defaultText().isEmpty() ? "" : " Default " + key.defaultText() + ".")
                            + usualPlace(key)))
                    .build());
        }
        return spec;
    }

    /** What the default of the key is on this machine, where the text names several. */
    private static String usualPlace(Key<?> key) {
        boolean isDirectory = key.name().equals(ArchiveKeys.DATA.name());
        return isDirectory ? " Here: " + DataDirectory.usual() + "." : "";
    }

    /** What --help lists: each key, and each family of keys once. */
    private static List<Key<?>> shown() {
        return Stream.concat(Keys.ALL.stream(), Keys.FAMILIES.stream().map(KeyFamily::pattern))
                .toList();
    }

    /** @throws ConfigException with one line for each wrong option, value or name */
    static RoomcastConfig config(ParseResult options) {
        Map<String, String> given = new HashMap<>();
        for (Key<?> key : shown()) {
            String value = options.matchedOptionValue(option(key), (String) null);
            if (value != null) {
                given.put(key.name(), value);
            }
        }
        List<String> unknown = unmatched(options).toList();
        unknown.stream()
                .filter(Options::isOfFamily)
                .forEach(argument -> given.put(
                        PREFIX + argument.substring(DASHES.length(), argument.indexOf('=')),
                        argument.substring(argument.indexOf('=') + 1)));
        SmallRyeConfig sources = new SmallRyeConfigBuilder()
                .addDefaultSources()
                .withSources(new PropertiesConfigSource(given, "command line", ORDINAL))
                .build();
        List<String> names = new ArrayList<>();
        sources.getPropertyNames().forEach(names::add);
        names.removeIf(name -> Keys.isAlias(
                name,
                sources.getConfigValue(name).getSourceName(),
                System.getenv().keySet()));
        List<String> problems = new ArrayList<>();
        if (options.hasMatchedOption(EXTRACT)) {
            // The launcher has served it where it can be served.
            problems.add(EXTRACT + " must be the only option, and needs java -jar roomcast.war");
        }
        options.errors().stream()
                .filter(problem -> !(problem instanceof UnmatchedArgumentException))
                .forEach(problem -> problems.add(problem.getMessage()));
        unknown.stream()
                .filter(argument -> !isOfFamily(argument))
                .map(Options::unknown)
                .forEach(problems::add);
        try {
            RoomcastConfig config = RoomcastConfig.load(name -> sources.getOptionalValue(name, String.class), names);
            if (problems.isEmpty()) {
                return config;
            }
        } catch (ConfigException e) {
            problems.addAll(e.getMessage().lines().toList());
        }
        throw new ConfigException(problems);
    }

    /** The arguments that are no option of {@link #spec}: those of families, and the wrong ones. */
    private static Stream<String> unmatched(ParseResult options) {
        return options.errors().stream()
                .filter(UnmatchedArgumentException.class::isInstance)
                .flatMap(problem -> ((UnmatchedArgumentException) problem).getUnmatched().stream());
    }

    /** Whether an argument sets a key of a family, such as {@code --roles.staff=ops-*:read}. */
    private static boolean isOfFamily(String argument) {
        int end = argument.indexOf('=');
        return argument.startsWith(DASHES)
                && end > 0
                && Keys.isOfFamily(PREFIX + argument.substring(DASHES.length(), end));
    }

    private static String unknown(String argument) {
        String name = argument.replaceFirst("=.*", "");
        String similar = RoomcastConfig.similarKey(PREFIX + name.replaceFirst("^-*", ""))
                .map(key -> ". Did you mean " + option(key) + "?")
                .orElse("");
        return LogText.of(name) + " is no option; --help lists them" + similar;
    }

    /**
     * The lines of a text that picocli does not break again. Its own lines end within names such as {@code
     * --limits.node-rooms}.
     */
    private static String[] wrapped(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (line.length() + 1 + word.length() > DESCRIPTION_WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        lines.add(line.toString());
        // picocli takes each line for a format of its own.
        return lines.stream().map(each -> each.replace("%", "%%")).toArray(String[]::new);
    }

    private static String option(Key<?> key) {
        return DASHES + key.name().substring(PREFIX.length());
    }
}
