package dev.tramontane;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// The directions of the engine's packages, and what each may touch.
class ArchitectureTest {
    private static final JavaClasses ENGINE =
            new ClassFileImporter().importPath(Path.of("target/classes"));
    private static final JavaClasses VIOLATIONS =
            new ClassFileImporter()
                    .importPath(Path.of("target/test-classes/dev/tramontane/violations"));

    /// All of the network's packages but URI, which is a name and opens nothing.
    private static final Pattern NETWORK =
            Pattern.compile(
                    "java\\.net\\.(?!URI(SyntaxException)?$).*"
                            + "|(javax|com\\.sun)\\.net\\..*"
                            + "|java\\.nio\\.channels\\..*(Socket|Datagram).*");

    private static final Set<String> PROCESSES = Set.of("ProcessBuilder", "Process");
    private static final Set<String> DESERIALISERS =
            Set.of(
                    "java.io.ObjectInputStream",
                    "java.io.ObjectInput",
                    "java.beans.XMLDecoder",
                    "java.util.ServiceLoader",
                    "java.net.URLClassLoader",
                    "java.lang.ClassLoader");
    private static final Set<String> THREAD_MAKERS =
            Set.of("dev.tramontane.engine.Engine", "dev.tramontane.kernels.Workers");
    private static final Set<String> NEW_THREAD =
            Set.of("<init>", "ofPlatform", "ofVirtual", "startVirtualThread");

    /// Rules about single classes.
    static List<ArchRule> rules() {
        return List.of(
                noClasses().should(ACCESS_STANDARD_STREAMS).because("libraries do not print"),
                noClasses()
                        .should()
                        .dependOnClassesThat(
                                describe("reach a network", ArchitectureTest::reachesNetwork))
                        .because("the engine works without a network"),
                noClasses()
                        .should()
                        .dependOnClassesThat(
                                describe("processes", c -> PROCESSES.contains(c.getSimpleName())))
                        .orShould()
                        .callMethod(Runtime.class, "exec", String[].class)
                        .because("the engine starts no process"),
                noClasses()
                        .should()
                        .dependOnClassesThat(
                                describe(
                                        "turn bytes into objects",
                                        c -> DESERIALISERS.contains(c.getName())))
                        .because("a model file must not be able to name a class"),
                noClasses()
                        .that()
                        .resideOutsideOfPackage("dev.tramontane.kernels..")
                        .should()
                        .dependOnClassesThat(resideInAnyPackage("jdk.incubator.."))
                        .because("only kernels know SIMD"),
                noClasses()
                        .that()
                        .resideOutsideOfPackages(
                                "dev.tramontane.tensor..",
                                "dev.tramontane.weights..",
                                "dev.tramontane.cache..",
                                "dev.tramontane.kernels..",
                                "dev.tramontane.engine..")
                        .should()
                        .dependOnClassesThat(
                                describe(
                                        "memory (an Arena, which says who owns it, may be passed on)",
                                        c ->
                                                c.getPackageName().equals("java.lang.foreign")
                                                        && !c.getSimpleName().equals("Arena")))
                        .because("above these packages nobody reads an element"),
                noClasses()
                        .that(
                                describe(
                                        "make no threads",
                                        c -> !THREAD_MAKERS.contains(outermost(c).getName())))
                        .should()
                        .accessTargetWhere(
                                describe("threads are made", ArchitectureTest::makesThread))
                        .because("three kinds of thread, and no others"),
                noClasses()
                        .should()
                        .haveNameMatching(
                                ".*[.$]((Abstract|Base)[A-Z]\\w*|\\w*(Impl|Utils?|Helper|Manager))")
                        .because("a name says what a thing is"));
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
    }

    private static boolean reachesNetwork(JavaClass type) {
        return NETWORK.matcher(type.getName()).matches();
    }

    private static boolean makesThread(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        return owner.getName().equals("java.util.concurrent.Executors")
                || owner.getName().equals("java.util.concurrent.CompletableFuture")
                || (owner.isAssignableTo(Thread.class) && NEW_THREAD.contains(access.getName()));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void the_engine_keeps_the_rule(ArchRule rule) {
        rule.check(ENGINE);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void the_rule_sees_a_violation(ArchRule rule) {
        assertThrows(AssertionError.class, () -> rule.check(VIOLATIONS));
    }

    @Test
    void a_package_uses_only_packages_below_it() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("tensor")
                .definedBy("dev.tramontane.tensor..")
                .layer("image")
                .definedBy("dev.tramontane.image..")
                .layer("weights")
                .definedBy("dev.tramontane.weights..")
                .layer("tokenizer")
                .definedBy("dev.tramontane.tokenizer..")
                .layer("cache")
                .definedBy("dev.tramontane.cache..")
                .layer("kernels")
                .definedBy("dev.tramontane.kernels..")
                .layer("model")
                .definedBy("dev.tramontane.model..")
                .layer("sampling")
                .definedBy("dev.tramontane.sampling..")
                .layer("grammar")
                .definedBy("dev.tramontane.grammar..")
                .layer("schedule")
                .definedBy("dev.tramontane.schedule..")
                .layer("engine")
                .definedBy("dev.tramontane.engine..")
                .layer("jinja")
                .definedBy("dev.tramontane.jinja..")
                .layer("chat")
                .definedBy("dev.tramontane.chat..")
                .whereLayer("tensor")
                .mayNotAccessAnyLayer()
                .whereLayer("image")
                .mayNotAccessAnyLayer()
                .whereLayer("weights")
                .mayOnlyAccessLayers("tensor")
                .whereLayer("tokenizer")
                .mayOnlyAccessLayers("tensor", "weights")
                .whereLayer("cache")
                .mayOnlyAccessLayers("tensor", "image")
                .whereLayer("kernels")
                .mayOnlyAccessLayers("tensor", "cache")
                .whereLayer("model")
                .mayOnlyAccessLayers("tensor", "image", "weights", "cache", "kernels")
                .whereLayer("sampling")
                .mayOnlyAccessLayers("tensor", "kernels")
                .whereLayer("grammar")
                .mayOnlyAccessLayers("tokenizer", "sampling")
                .whereLayer("schedule")
                .mayOnlyAccessLayers("tensor", "image", "cache", "sampling")
                .whereLayer("engine")
                .mayOnlyAccessLayers(
                        "tensor",
                        "image",
                        "weights",
                        "cache",
                        "kernels",
                        "model",
                        "sampling",
                        "schedule")
                .whereLayer("jinja")
                .mayNotAccessAnyLayer()
                .whereLayer("chat")
                .mayNotBeAccessedByAnyLayer()
                .because("arrows point down, and the engine knows token ids only")
                .check(ENGINE);
    }

    @Test
    void a_schema_is_told_as_a_grammar_and_no_grammar_knows_of_schemas() {
        noClasses()
                .that()
                .resideInAPackage("dev.tramontane.grammar")
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.tramontane.grammar.schema"))
                .check(ENGINE);
    }

    @Test
    void packages_have_no_cycles() {
        slices().matching("dev.tramontane.(*)..").should().beFreeOfCycles().check(ENGINE);
    }

    @Test
    void no_package_is_a_drawer() {
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..common..", "..misc..", "..impl..")
                .check(ENGINE);
    }

    @Test
    void the_classes_are_read_at_all() {
        assertTrue(ENGINE.contain("dev.tramontane.engine.Engine"));
        assertTrue(VIOLATIONS.contain("dev.tramontane.violations.EverythingManager"));
    }
}
