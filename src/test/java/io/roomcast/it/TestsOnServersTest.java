package io.roomcast.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasAnnotations;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.roomcast.support.EmbeddedServer;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;

/**
 * The tests in this package and in {@code it.server}, and those called {@code Server…IT}, run on every server. They get
 * it from {@link io.roomcast.support.TestServer}. A test that starts an embedded server itself has the tag
 * {@code embedded}, or it would run beside WildFly, with WildFly's logging and libraries.
 */
@AnalyzeClasses(packages = "io.roomcast")
class TestsOnServersTest {
    private static final Set<String> PACKAGES = Set.of("io.roomcast.it", "io.roomcast.it.server");

    @ArchTest
    static final ArchRule startNoServerOfTheirOwn = noClasses()
            .that(DescribedPredicate.describe("run on every server", TestsOnServersTest::runsOnServers))
            .should()
            .dependOnClassesThat()
            .areAssignableTo(EmbeddedServer.class);

    private static boolean runsOnServers(JavaClass type) {
        String name = type.getSimpleName();
        return name.endsWith("IT")
                && (PACKAGES.contains(type.getPackageName()) || name.startsWith("Server"))
                && Stream.concat(Stream.of(type), type.getMethods().stream()).noneMatch(TestsOnServersTest::isEmbedded);
    }

    private static boolean isEmbedded(HasAnnotations<?> place) {
        Optional<? extends JavaAnnotation<?>> tag = place.tryGetAnnotationOfType(Tag.class.getName());
        return tag.isPresent() && tag.get().get("value").orElse("").equals("embedded");
    }
}
