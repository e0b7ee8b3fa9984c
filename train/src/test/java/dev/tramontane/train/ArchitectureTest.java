package dev.tramontane.train;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;

/// Who may do what in the trainer.
class ArchitectureTest {
    private static final JavaClasses TRAIN =
            new ClassFileImporter().importPath(Path.of("target/classes"));

    private static final ArchRule KERNELS_KNOW_SIMD =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.tramontane.train.kernels..")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("jdk.incubator.."))
                    .because("only kernels know SIMD");

    private static final ArchRule KERNELS_KNOW_NO_MODEL =
            noClasses()
                    .that()
                    .resideInAPackage("dev.tramontane.train.kernels..")
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage(
                                    "dev.tramontane.train",
                                    "dev.tramontane.model..",
                                    "dev.tramontane.weights.."))
                    .because("arithmetic stands below networks and losses");

    private static final ArchRule NOBODY_MAKES_THREADS =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.tramontane.train.command..")
                    .and()
                    .doNotHaveSimpleName("RolloutQueue")
                    .should()
                    .dependOnClassesThat()
                    .areAssignableTo(Thread.class)
                    .orShould()
                    .dependOnClassesThat(resideInAnyPackage("java.util.concurrent"))
                    .because(
                            "threads are those of the engine's Workers, of the terminal, and those that wait for completions");

    private static final ArchRule PRINTS_NOTHING =
            noClasses()
                    .should(ACCESS_STANDARD_STREAMS)
                    .because("who trains is told, not printed at");

    @Test
    void the_trainer_keeps_its_rules() {
        KERNELS_KNOW_SIMD.check(TRAIN);
        KERNELS_KNOW_NO_MODEL.check(TRAIN);
        NOBODY_MAKES_THREADS.check(TRAIN);
        PRINTS_NOTHING.check(TRAIN);
    }

    @Test
    void a_rule_sees_a_violation() {
        JavaClasses kernels =
                new ClassFileImporter()
                        .importPath(Path.of("target/classes/dev/tramontane/train/kernels"));
        ArchRule asIfOutside =
                noClasses().should().dependOnClassesThat(resideInAnyPackage("jdk.incubator.."));
        assertThrows(AssertionError.class, () -> asIfOutside.check(kernels));
        assertTrue(TRAIN.contain("dev.tramontane.train.TrainableTransformer"));
    }
}
