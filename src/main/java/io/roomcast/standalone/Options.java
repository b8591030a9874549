package io.roomcast.standalone;

import io.roomcast.config.ConfigException;
import io.roomcast.config.Key;
import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.BuildInfo;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The command line. Each key is an option. An option overrides a system property, and a system property overrides the
 * environment.
 */
final class Options {
    private static final String PREFIX = "roomcast.";
    /** The priority of the command line in MicroProfile Config. System properties have 400. */
    private static final int ORDINAL = 500;

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
                                + " as the system property roomcast.history.age or as ROOMCAST_HISTORY_AGE in the environment.",
                        "")
                .sortOptions(false)
                .width(110);
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Shows this.")
                .build());
        spec.addOption(OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Shows the version.")
                .build());
        for (Key<?> key : Keys.ALL) {
            spec.addOption(OptionSpec.builder(option(key))
                    .type(String.class)
                    .paramLabel("<" + key.kind() + ">")
                    .description(key.doc().replace("`", "")
                            + (key.defaultText().isEmpty() ? "" : " Default " + key.defaultText() + "."))
                    .build());
        }
        return spec;
    }

    /** @throws ConfigException with one line for each wrong option, value or name */
    static RoomcastConfig config(ParseResult options) {
        Map<String, String> given = new HashMap<>();
        for (Key<?> key : Keys.ALL) {
            String value = options.matchedOptionValue(option(key), (String) null);
            if (value != null) {
                given.put(key.name(), value);
            }
        }
        SmallRyeConfig sources = new SmallRyeConfigBuilder()
                .addDefaultSources()
                .withSources(new PropertiesConfigSource(given, "command line", ORDINAL))
                .build();
        List<String> names = new ArrayList<>();
        sources.getPropertyNames().forEach(names::add);
        List<String> problems = new ArrayList<>(options.errors().stream()
                .map(problem -> problem.getMessage() + "; --help lists the options")
                .toList());
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

    private static String option(Key<?> key) {
        return "--" + key.name().substring(PREFIX.length());
    }
}
