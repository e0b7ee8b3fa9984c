package dev.tramontane.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;

/// What the server may touch.
class ArchitectureTest {
    private static final JavaClasses SERVER =
            new ClassFileImporter().importPath(Path.of("target/classes"));

    /// The tests' own classes break the rules: sockets of their own, threads of their own.
    private static final JavaClasses TESTS =
            new ClassFileImporter().importPath(Path.of("target/test-classes"));

    private static final ArchRule PRINTS_NOTHING =
            noClasses().should(ACCESS_STANDARD_STREAMS).because("libraries do not print");

    private static final ArchRule OPENS_NO_SOCKET =
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("java.net.Socket")
                    .because("connections come through the guard alone");

    private static final ArchRule WEAVES_NOTHING =
            noClasses()
                    .that()
                    .resideInAPackage("dev.tramontane.server.connection")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "dev.tramontane.server",
                            "dev.tramontane.wire",
                            "dev.tramontane.chat",
                            "tools.jackson..")
                    .because("connections know nothing of what is said over them");

    @Test
    void it_prints_nothing_and_its_connections_know_no_api() {
        PRINTS_NOTHING.check(SERVER);
        OPENS_NO_SOCKET.check(SERVER);
        WEAVES_NOTHING.check(SERVER);
    }

    @Test
    void the_rules_see_a_violation() {
        assertThrows(AssertionError.class, () -> OPENS_NO_SOCKET.check(TESTS));
        assertTrue(SERVER.contain("dev.tramontane.server.connection.GuardedConnection"));
    }
}
