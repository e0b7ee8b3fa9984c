package dev.tramontane.cli;

import dev.tramontane.engine.MemoryForecast;
import dev.tramontane.terminal.Sizes;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Something that slows this machine down or will not work on it, and what to do about it.
record Advice(String topic, String found, String todo) {
    private static final String VECTORS = "jdk.incubator.vector";

    /// What the machine and this Java are short of.
    static List<Advice> of(Machine machine, boolean vectors, boolean nativeAccess) {
        List<Advice> advice = new ArrayList<>();
        if (!vectors) {
            advice.add(
                    new Advice(
                            "java",
                            "the module " + VECTORS + " is absent, so plain loops compute",
                            "start Java with --add-modules " + VECTORS));
        }
        if (!nativeAccess) {
            advice.add(
                    new Advice(
                            "java",
                            "native access is not granted: no machine code, no leases on model"
                                    + " files, and a cache that is written before it is used",
                            "start Java with --enable-native-access=ALL-UNNAMED"));
        }
        addProcessor(machine, advice);
        addSystem(machine, advice);
        return List.copyOf(advice);
    }

    private static void addProcessor(Machine machine, List<Advice> advice) {
        boolean isX86 = machine.features().contains("sse2");
        if (isX86 && !machine.features().contains("avx2")) {
            advice.add(
                    new Advice(
                            "cpu",
                            "no AVX2: vectors are 128 bits wide",
                            "use a processor of 2013 or later, or let the virtual machine show it"));
        } else if (isX86 && !machine.features().contains("avx512_vnni")) {
            advice.add(
                    new Advice(
                            "cpu",
                            "no AVX-512 VNNI: prompts are read with AVX2, at about half the speed",
                            "nothing on this processor; some virtual machines hide it"));
        }
        if (machine.quotaCores() > 0 && machine.quotaCores() < machine.cores()) {
            advice.add(
                    new Advice(
                            "cpu",
                            String.format(
                                    Locale.ROOT,
                                    "a container's quota gives %.1f of %d cores",
                                    machine.quotaCores(),
                                    machine.cores()),
                            "raise the quota, or set --threads to it: a thread that is stopped"
                                    + " makes all others wait"));
        } else if (machine.cores() > machine.usableCores()) {
            advice.add(
                    new Advice(
                            "cpu",
                            "Java may use %d of %d cores"
                                    .formatted(machine.usableCores(), machine.cores()),
                            "widen the affinity of the process, or drop -XX:ActiveProcessorCount"));
        }
        if (machine.usableCores() < 4) {
            advice.add(
                    new Advice(
                            "cpu",
                            machine.usableCores() + " cores: reading prompts is slow",
                            "keep prompts short, or use a machine with more cores"));
        }
        if (machine.load() > machine.usableCores()) {
            advice.add(
                    new Advice(
                            "cpu",
                            String.format(
                                    Locale.ROOT,
                                    "other programs keep it busy (load %.1f on %d cores)",
                                    machine.load(),
                                    machine.usableCores()),
                            "end them, or expect a part of the speed below"));
        }
        if (machine.governor().equals("powersave")) {
            advice.add(
                    new Advice(
                            "cpu",
                            "the frequency governor is powersave",
                            "set it to performance with cpupower frequency-set"));
        }
    }

    private static void addSystem(Machine machine, List<Advice> advice) {
        if (machine.hugePages().equals("never")) {
            advice.add(
                    new Advice(
                            "memory",
                            "huge pages are off, so address translation costs some per cent",
                            "write madvise into /sys/kernel/mm/transparent_hugepage/enabled"));
        }
        if (machine.swapUsedBytes() > 0) {
            advice.add(
                    new Advice(
                            "memory",
                            Sizes.bytes(machine.swapUsedBytes()) + " are swapped out",
                            "end other programs: a model that is swapped is hundreds of times"
                                    + " slower"));
        }
    }

    /// What stands between the model and this machine.
    ///
    /// @param cached the part of the file that memory holds; empty where there is no file
    static List<Advice> of(
            Machine machine, MemoryForecast memory, int context, Optional<Double> cached) {
        List<Advice> advice = new ArrayList<>();
        long needed = memory.residentBytes(context);
        if (machine.availableBytes() > 0 && needed > machine.availableBytes()) {
            long fitting = memory.contextIn(machine.availableBytes());
            advice.add(
                    new Advice(
                            "memory",
                            "%s are needed for a context of %d, %s are available"
                                    .formatted(
                                            Sizes.bytes(needed),
                                            context,
                                            Sizes.bytes(machine.availableBytes())),
                            fitting > 0
                                    ? "use --context " + fitting + " or less"
                                    : "use a smaller model or a smaller type: weights that do not"
                                            + " fit are read from the disk for every token"));
        }
        cached.filter(part -> part < 0.95)
                .ifPresent(
                        part ->
                                advice.add(
                                        new Advice(
                                                "disk",
                                                String.format(
                                                        Locale.ROOT,
                                                        "%.0f %% of the file is in memory, the rest"
                                                                + " is read when first used",
                                                        100 * part),
                                                "nothing: the second answer is faster; cat the"
                                                        + " file to /dev/null to read it now")));
        return List.copyOf(advice);
    }
}
