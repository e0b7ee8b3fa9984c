package dev.tramontane.tools.sandbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tramontane.tools.sandbox.Confinement.Access;
import dev.tramontane.tools.sandbox.Confinement.Landlock;
import dev.tramontane.tools.sandbox.Confinement.Namespaces;
import dev.tramontane.tools.sandbox.Confinement.Rule;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ConfinementTest {
    private static final List<String> COMMAND = List.of("/bin/program", "--", "a=b", "");

    @Test
    void what_the_launcher_is_told_is_what_it_reads() {
        var rules =
                List.of(
                        new Rule(Access.RUN, Path.of("/usr/lib")),
                        new Rule(Access.READ, Path.of("/a=b, c")));
        byte[] filter = {1, 2, 3, 4, 5, 6, 7, 8};
        Confinement read =
                Confinement.of(
                        new Confinement(
                                        7,
                                        OptionalInt.of(61_200),
                                        new Landlock(rules, filter),
                                        COMMAND)
                                .arguments());
        assertEquals(7, read.parent());
        assertEquals(OptionalInt.of(61_200), read.uid());
        assertEquals(COMMAND, read.command());
        Landlock wall = (Landlock) read.wall();
        assertEquals(rules, wall.rules());
        assertArrayEquals(filter, wall.filter());
    }

    @Test
    void a_program_with_its_own_walls_is_told_likewise() {
        var confinement =
                new Confinement(
                        7, OptionalInt.empty(), new Namespaces(Path.of("/a:b"), 250), COMMAND);
        assertEquals(confinement, Confinement.of(confinement.arguments()));
    }

    @Test
    void half_of_it_is_refused() {
        for (List<String> half :
                List.of(
                        List.<String>of(),
                        List.of("parent=1", "filter="),
                        List.of("parent=1", "filter=", "--"),
                        List.of("parent=1", "--", "/bin/true"),
                        List.of("filter=", "--", "/bin/true"),
                        List.of("parent=1", "filter=", "READ", "--", "/bin/true"),
                        List.of("parent=1", "filter=", "ERASE=/", "--", "/bin/true"))) {
            assertThrows(
                    IllegalArgumentException.class, () -> Confinement.of(half), half::toString);
        }
    }
}
