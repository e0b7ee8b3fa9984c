package dev.tramontane.langchain4j;

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

/// What LangChain4j's side of a model may touch.
class ArchitectureTest {
    private static final JavaClasses ADAPTER =
            new ClassFileImporter().importPath(Path.of("target/classes"));

    /// The tests' own classes break a rule: a scripted model of the server's tests answers them.
    private static final JavaClasses TESTS =
            new ClassFileImporter().importPath(Path.of("target/test-classes"));

    private static final ArchRule PRINTS_NOTHING =
            noClasses().should(ACCESS_STANDARD_STREAMS).because("libraries do not print");

    private static final ArchRule KNOWS_THE_FRONT_DOOR =
            classes()
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAnyPackage(
                                    "dev.tramontane.langchain4j",
                                    "dev.tramontane.chat",
                                    "dev.tramontane.engine",
                                    "dev.tramontane.sampling",
                                    "dev.tramontane.wire.image",
                                    "dev.langchain4j..",
                                    "java..",
                                    "tools.jackson..",
                                    "org.jspecify.."))
                    .because(
                            "programs in process carry the engine, what decodes images, and LangChain4j");

    @Test
    void it_prints_nothing_and_knows_only_the_engines_front_door() {
        PRINTS_NOTHING.check(ADAPTER);
        KNOWS_THE_FRONT_DOOR.check(ADAPTER);
    }

    @Test
    void the_rules_see_a_violation() {
        JavaClasses printing = new ClassFileImporter().importClasses(Throwable.class);
        assertThrows(AssertionError.class, () -> PRINTS_NOTHING.check(printing));
        assertThrows(AssertionError.class, () -> KNOWS_THE_FRONT_DOOR.check(TESTS));
        assertTrue(ADAPTER.contain("dev.tramontane.langchain4j.TramontaneChatModel"));
    }
}
