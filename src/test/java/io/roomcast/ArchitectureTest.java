package io.roomcast;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.roomcast.relay.RelayProvider;
import io.roomcast.standalone.StandaloneServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The floors of the house: a package uses only those below it, never one beside it, so that there can be no cycle of
 * packages. The table in CONTRIBUTING.md says which floor a package is on; a new package has to be put there first.
 */
@AnalyzeClasses(packages = ArchitectureTest.BASE, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final int MAX_LINES = 400;
    static final String BASE = "io.roomcast";

    /** A row of the table in CONTRIBUTING.md. */
    private static final Pattern ROW = Pattern.compile("\\s*\\| (\\d+) \\| ([^|]*) \\|.*");

    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    /** The number of each package's floor. */
    private static final Map<String, Integer> FLOORS = floors();

    /** Opens the packed WAR before there is a class path: it stands beside the house. */
    private static final String BOOT = BASE + ".boot";

    @ArchTest
    static final ArchRule everyClassUsesOnlyLowerFloors =
            classes().that().resideOutsideOfPackage(BOOT).should(useOnlyLowerFloors());

    /** Time is given in as {@code Clocks}, so that a test can let it pass. The launcher and the embedded server make the clocks. */
    @ArchTest
    static final ArchRule onlyClocksAskForTheTime = noClasses()
            .that()
            .resideOutsideOfPackages(BASE + ".boot", BASE + ".standalone")
            .and()
            .haveNameNotMatching(".*\\.node\\.Clocks")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now");

    /** The JDK's timer behind these is a static thread, which keeps the class loader of an application that is gone. */
    @ArchTest
    static final ArchRule nothingWaitsOnTheTimerOfTheJdk = noClasses()
            .should()
            .callMethod(CompletableFuture.class, "orTimeout", long.class, TimeUnit.class)
            .orShould()
            .callMethod(CompletableFuture.class, "completeOnTimeout", Object.class, long.class, TimeUnit.class)
            .orShould()
            .callMethod(CompletableFuture.class, "delayedExecutor", long.class, TimeUnit.class);

    @ArchTest
    static final ArchRule theCoreRunsWithNothingButTheJdk = classes()
            .that()
            .resideInAnyPackage(core("config", "metrics", "outbound", "room", "relay"))
            .should()
            .onlyDependOnClassesThat(
                    resideInAnyPackage(core("config", "protocol", "metrics", "outbound", "room", "relay"))
                            .or(resideInAPackage("java..")));

    @ArchTest
    static final ArchRule theProtocolNeedsJsonBesides = classes()
            .that()
            .resideInAPackage(BASE + ".protocol")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(BASE + ".protocol", "java..", "jakarta.json.."));

    @ArchTest
    static final ArchRule theLauncherUsesOnlyTheJdk = classes()
            .that()
            .resideInAPackage(BOOT)
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(BOOT, "java.."));

    @ArchTest
    static final ArchRule nobodyUsesTheLauncher = noClasses()
            .that()
            .resideOutsideOfPackage(BOOT)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(BOOT);

    @ArchTest
    static final ArchRule webSocketsAreKnownToTheirOwnFaceOnly = noClasses()
            .that()
            .resideOutsideOfPackage(BASE + ".websocket..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jakarta.websocket..");

    /**
     * Whatever is sent goes through the queue to a transport. But {@code EndpointConnection} refuses what never became a
     * session, and so has no queue.
     */
    @ArchTest
    static final ArchRule onlyTransportsSend = noClasses()
            .that()
            .haveNameNotMatching(".*\\.websocket\\.(transport\\.SessionTransport|EndpointConnection)")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("jakarta\\.websocket\\.RemoteEndpoint.*");

    @ArchTest
    static final ArchRule wingsOfRedisAreItsOwn = wingsAreUsedWithin("redis");

    @ArchTest
    static final ArchRule wingsOfWebSocketAreItsOwn = wingsAreUsedWithin("websocket");

    /** Wings hold what has to be public for their neighbours; to everybody else only the package itself is open. */
    private static ArchRule wingsAreUsedWithin(String name) {
        String all = BASE + "." + name;
        return noClasses()
                .that()
                .resideOutsideOfPackage(all + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(all + ".(*)..");
    }

    @ArchTest
    static void filesAreSmall(JavaClasses house) throws IOException {
        Map<Path, Long> larger = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                try (Stream<String> lines = Files.lines(file)) {
                    larger.put(file, lines.count());
                }
            }
        }
        larger.values().removeIf(lines -> lines <= MAX_LINES);
        assertEquals(Map.of(), larger);
    }

    @ArchTest
    static void theTableNamesNoPackageThatIsGone(JavaClasses house) {
        Set<String> there = house.stream().map(ArchitectureTest::packageOf).collect(Collectors.toSet());
        assertEquals(
                List.of(),
                FLOORS.keySet().stream().filter(name -> !there.contains(name)).toList());
    }

    /** The servers find a relay by its annotation; the embedded server is told its package. */
    @ArchTest
    static void theEmbeddedServerKnowsEveryRelay(JavaClasses house) {
        Set<String> relays = house.stream()
                .filter(type -> type.isAssignableTo(RelayProvider.class)
                        && !type.getModifiers().contains(JavaModifier.ABSTRACT))
                .map(ArchitectureTest::packageOf)
                .collect(Collectors.toSet());
        house.get(StandaloneServer.class).getDirectDependenciesFromSelf().stream()
                .filter(dependency -> isOurs(dependency.getTargetClass()))
                .map(dependency -> packageOf(dependency.getTargetClass()))
                .forEach(relays::remove);
        assertEquals(Set.of(), relays);
    }

    @ArchTest
    static final ArchRule namesSayWhatAThingIs = noClasses()
            .should()
            .haveSimpleNameEndingWith("Impl")
            .orShould()
            .haveNameMatching(".*(Manager|Helper|Utils?)");

    private static String[] core(String... packages) {
        String[] full = new String[packages.length];
        for (int i = 0; i < packages.length; i++) {
            full[i] = BASE + "." + packages[i];
        }
        return full;
    }

    private static ArchCondition<JavaClass> useOnlyLowerFloors() {
        return new ArchCondition<>("use only classes of their own package and of lower floors") {
            @Override
            public void check(JavaClass from, ConditionEvents events) {
                from.getDirectDependenciesFromSelf().stream()
                        .filter(dependency -> isOurs(dependency.getTargetClass()))
                        .filter(dependency -> !isAllowed(from, dependency.getTargetClass()))
                        .forEach(dependency ->
                                events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription())));
                if (floorOf(from) < 0) {
                    events.add(SimpleConditionEvent.violated(
                            from, from.getName() + " is in a package that CONTRIBUTING.md puts on no floor"));
                }
            }
        };
    }

    private static boolean isAllowed(JavaClass from, JavaClass to) {
        return packageOf(to).equals(packageOf(from)) || floorOf(to) >= 0 && floorOf(to) < floorOf(from);
    }

    /** -1 for a package without one. */
    private static int floorOf(JavaClass type) {
        return FLOORS.getOrDefault(packageOf(type), -1);
    }

    private static Map<String, Integer> floors() {
        Map<String, Integer> floors = new TreeMap<>();
        try (Stream<String> lines = Files.lines(Path.of("CONTRIBUTING.md"))) {
            lines.map(ROW::matcher)
                    .filter(Matcher::matches)
                    .forEach(row -> QUOTED.matcher(row.group(2))
                            .results()
                            .forEach(name -> floors.put(name.group(1), Integer.valueOf(row.group(1)))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return floors;
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().startsWith(BASE + ".");
    }

    /** The package's name below the base. A wing, such as {@code redis.connection}, counts as a package of its own. */
    private static String packageOf(JavaClass type) {
        return type.getPackageName().equals(BASE) ? "" : type.getPackageName().substring(BASE.length() + 1);
    }
}
