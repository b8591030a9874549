package io.roomcast;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Map;

/**
 * The floors of the house: a package uses only those below it, never one beside it, so that there can be no cycle of packages. A new package has to be put on a
 * floor here first.
 */
@AnalyzeClasses(packages = ArchitectureTest.BASE, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    static final String BASE = "io.roomcast";

    private static final Map<String, Integer> FLOORS = Map.ofEntries(
            Map.entry("config", 0),
            Map.entry("protocol", 0),
            Map.entry("metrics", 0),
            Map.entry("outbound", 1),
            Map.entry("identity", 1),
            Map.entry("room", 2),
            Map.entry("relay", 3),
            Map.entry("service", 4),
            Map.entry("redis", 4),
            Map.entry("jwt", 5),
            Map.entry("websocket", 5),
            Map.entry("http", 5),
            Map.entry("jmx", 5),
            Map.entry("standalone", 6),
            Map.entry("container", 6));

    /** Opens the packed WAR before there is a class path: it stands beside the house. */
    private static final String BOOT = BASE + ".boot";

    @ArchTest
    static final ArchRule everyClassUsesOnlyLowerFloors =
            classes().that().resideOutsideOfPackage(BOOT).should(useOnlyLowerFloors());

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
            .resideOutsideOfPackages(BASE + ".websocket", BASE + ".standalone", BASE + ".container")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jakarta.websocket..");

    /**
     * Whatever is sent goes through the queue to a transport. But {@code Connection} refuses what never became a
     * session, and so has no queue.
     */
    @ArchTest
    static final ArchRule onlyTransportsSend = noClasses()
            .that()
            .haveNameNotMatching(".*\\.websocket\\.(SessionTransport|Connection)")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("jakarta\\.websocket\\.RemoteEndpoint.*");

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
                if (!FLOORS.containsKey(packageOf(from))) {
                    events.add(
                            SimpleConditionEvent.violated(from, from.getName() + " is in a package without a floor"));
                }
            }
        };
    }

    private static boolean isAllowed(JavaClass from, JavaClass to) {
        Integer lower = FLOORS.get(packageOf(to));
        return packageOf(to).equals(packageOf(from))
                || lower != null && lower < FLOORS.getOrDefault(packageOf(from), 0);
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().startsWith(BASE + ".");
    }

    /** The package's name below the base; floors know no packages within packages. */
    private static String packageOf(JavaClass type) {
        return type.getPackageName().equals(BASE) ? "" : type.getPackageName().substring(BASE.length() + 1);
    }
}
