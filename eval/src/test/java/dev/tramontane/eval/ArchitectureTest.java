package dev.tramontane.eval;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;

/// What the harness may touch, and in which order its packages stand.
class ArchitectureTest {
    private static final JavaClasses EVAL =
            new ClassFileImporter().importPath(Path.of("target/classes"));

    private static final ArchRule PRINTS_NOTHING =
            noClasses().should(ACCESS_STANDARD_STREAMS).because("libraries do not print");

    private static final ArchRule NO_CYCLES =
            slices().matching("dev.tramontane.eval.(**)").should().beFreeOfCycles();

    private static final ArchRule STATISTICS_STAND_ALONE =
            classes()
                    .that()
                    .resideInAPackage("dev.tramontane.eval.stats")
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAnyPackage(
                                    "dev.tramontane.eval.stats", "java..", "org.jspecify.."))
                    .because("they are functions of numbers");

    private static final ArchRule KNOWS_THE_FRONT_DOOR =
            noClasses()
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage(
                                    "dev.tramontane.model..",
                                    "dev.tramontane.weights..",
                                    "dev.tramontane.kernels..",
                                    "dev.tramontane.cli.."))
                    .because("it measures any model, and knows only how to ask");

    @Test
    void the_harness_keeps_to_its_place() {
        PRINTS_NOTHING.check(EVAL);
        NO_CYCLES.check(EVAL);
        STATISTICS_STAND_ALONE.check(EVAL);
        KNOWS_THE_FRONT_DOOR.check(EVAL);
    }

    @Test
    void the_rules_see_a_violation() {
        JavaClasses tests = new ClassFileImporter().importPath(Path.of("target/test-classes"));
        ArchRule noTests =
                noClasses().should().dependOnClassesThat(resideInAnyPackage("org.junit.."));
        assertThrows(AssertionError.class, () -> noTests.check(tests));
        assertTrue(EVAL.contain("dev.tramontane.eval.run.EvalRunner"));
    }
}
