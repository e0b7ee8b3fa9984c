package dev.tramontane.wire;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;

/// What the module of the network may touch.
class ArchitectureTest {
    private static final JavaClasses WIRE =
            new ClassFileImporter().importPath(Path.of("target/classes"));

    /// The tests' own classes break both rules: a hub on this machine, a program that prints.
    private static final JavaClasses TESTS =
            new ClassFileImporter().importPath(Path.of("target/test-classes"));

    private static final ArchRule PRINTS_NOTHING =
            noClasses().should(ACCESS_STANDARD_STREAMS).because("libraries do not print");

    private static final ArchRule KNOWS_THE_FRONT_DOOR =
            classes()
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAnyPackage(
                                    "dev.tramontane.wire..",
                                    "dev.tramontane.image",
                                    "dev.tramontane.engine",
                                    "dev.tramontane.chat",
                                    "dev.tramontane.sampling",
                                    "java..",
                                    "javax.imageio..",
                                    "javax.net.ssl..",
                                    "com.twelvemonkeys.imageio..",
                                    "tools.jackson..",
                                    "org.jspecify.."))
                    .because("what talks to other machines knows nothing of how models run here");

    @Test
    void it_prints_nothing_and_knows_only_the_engines_front_door() {
        PRINTS_NOTHING.check(WIRE);
        KNOWS_THE_FRONT_DOOR.check(WIRE);
    }

    @Test
    void the_rules_see_a_violation() {
        assertThrows(AssertionError.class, () -> PRINTS_NOTHING.check(TESTS));
        assertThrows(AssertionError.class, () -> KNOWS_THE_FRONT_DOOR.check(TESTS));
        assertTrue(WIRE.contain("dev.tramontane.wire.Hub"));
    }
}
