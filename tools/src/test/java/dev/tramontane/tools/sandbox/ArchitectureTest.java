package dev.tramontane.tools.sandbox;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
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

/// What the module may touch, and in the sandbox who.
class ArchitectureTest {
    private static final JavaClasses TOOLS =
            new ClassFileImporter().importPath(Path.of("target/classes"));

    /// The tests' own classes break the rules: they print, and start processes and threads.
    private static final JavaClasses TESTS =
            new ClassFileImporter().importPath(Path.of("target/test-classes"));

    private static final ArchRule PRINTS_NOTHING =
            noClasses()
                    .that()
                    .doNotHaveSimpleName("Launcher")
                    .should(ACCESS_STANDARD_STREAMS)
                    .because("libraries do not print; the launcher is a program");

    private static final ArchRule MAKES_CALLS =
            noClasses()
                    .that()
                    .doNotHaveSimpleName("Launcher")
                    .and()
                    .doNotHaveSimpleName("LinuxCalls")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("java.lang.foreign"))
                    .because("system calls are made in the launcher's process alone");

    private static final ArchRule MAKES_THREADS =
            noClasses()
                    .that()
                    .doNotHaveSimpleName("Session")
                    .should()
                    .accessTargetWhere(
                            describe(
                                    "threads are made",
                                    access ->
                                            access.getTargetOwner().isAssignableTo(Thread.class)
                                                    && access.getName().startsWith("of")))
                    .because("a driver ends with the thread that started it");

    private static final ArchRule KNOWS_LITTLE =
            classes()
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAnyPackage(
                                    "dev.tramontane.tools..", "java..", "org.jspecify.."))
                    .because("the launcher starts from this module alone");

    @Test
    void the_module_keeps_its_rules() {
        PRINTS_NOTHING.check(TOOLS);
        MAKES_CALLS.check(TOOLS);
        MAKES_THREADS.check(TOOLS);
        KNOWS_LITTLE.check(TOOLS);
    }

    @Test
    void the_rules_see_a_violation() {
        assertThrows(AssertionError.class, () -> PRINTS_NOTHING.check(TESTS));
        assertThrows(AssertionError.class, () -> MAKES_THREADS.check(TESTS));
        assertThrows(AssertionError.class, () -> KNOWS_LITTLE.check(TESTS));
        assertTrue(TOOLS.contain("dev.tramontane.tools.sandbox.Launcher"));
    }
}
