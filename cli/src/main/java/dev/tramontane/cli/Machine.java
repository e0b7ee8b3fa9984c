package dev.tramontane.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What this machine is, as far as its operating system tells: Linux tells most. Numbers that are
/// not known are 0, texts empty.
///
/// @param cpu the processor's name
/// @param features its instruction sets, as `/proc/cpuinfo` spells them
/// @param cores of the machine
/// @param usableCores that Java may use, after affinity and quota
/// @param quotaCores that a container's quota gives; 0 without one
/// @param memoryBytes of the machine, or of the container where that is less
/// @param availableBytes that could be had now without swapping
/// @param swapUsedBytes that were moved out
/// @param hugePages the kernel's setting: `always`, `madvise`, `never`
/// @param governor of the processor's frequency
/// @param load runnable threads, on average over the last minute
record Machine(
        String cpu,
        Set<String> features,
        int cores,
        int usableCores,
        double quotaCores,
        long memoryBytes,
        long availableBytes,
        long swapUsedBytes,
        String hugePages,
        String governor,
        double load) {
    /// Instruction sets that kernels here use, with the names that people know.
    private static final Map<String, String> TELLING =
            Map.of(
                    "avx2", "AVX2",
                    "f16c", "F16C",
                    "fma", "FMA",
                    "avx512f", "AVX-512",
                    "avx512_vnni", "AVX-512 VNNI",
                    "avx_vnni", "AVX-VNNI",
                    "avx512_bf16", "AVX-512 BF16",
                    "amx_int8", "AMX",
                    "asimd", "NEON",
                    "asimddp", "dot products");

    static Machine here() {
        return at(Path.of("/"));
    }

    /// @param root where `proc` and `sys` are
    static Machine at(Path root) {
        List<String> cpuinfo = lines(root.resolve("proc/cpuinfo"));
        Map<String, Long> memory = memory(root);
        double quota = quota(root);
        long limit = number(first(root.resolve("sys/fs/cgroup/memory.max")));
        long used = number(first(root.resolve("sys/fs/cgroup/memory.current")));
        long total = memory.getOrDefault("MemTotal", 0L);
        long available = memory.getOrDefault("MemAvailable", 0L);
        boolean limited = limit > 0 && limit < total;
        return new Machine(
                field(cpuinfo, "model name").orElse(System.getProperty("os.arch", "")),
                features(cpuinfo),
                (int) cpuinfo.stream().filter(line -> line.startsWith("processor")).count(),
                Runtime.getRuntime().availableProcessors(),
                quota,
                limited ? limit : total,
                limited ? Math.min(available, Math.max(0, limit - used)) : available,
                memory.getOrDefault("SwapTotal", 0L) - memory.getOrDefault("SwapFree", 0L),
                chosen(first(root.resolve("sys/kernel/mm/transparent_hugepage/enabled"))),
                first(root.resolve("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")),
                load(root));
    }

    /// The instruction sets that matter here, as people call them.
    List<String> tellingFeatures() {
        return TELLING.entrySet().stream()
                .filter(feature -> features.contains(feature.getKey()))
                .map(Map.Entry::getValue)
                .sorted()
                .toList();
    }

    private static Set<String> features(List<String> cpuinfo) {
        return field(cpuinfo, "flags")
                .or(() -> field(cpuinfo, "Features"))
                .map(flags -> Set.copyOf(List.of(flags.split(" +"))))
                .orElse(Set.of())
                .stream()
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Optional<String> field(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
    }

    private static Map<String, Long> memory(Path root) {
        Map<String, Long> memory = new TreeMap<>();
        for (String line : lines(root.resolve("proc/meminfo"))) {
            String[] parts = line.split("[: ]+");
            if (parts.length >= 2) {
                memory.put(parts[0], 1024 * number(parts[1]));
            }
        }
        return memory;
    }

    /// Cores' worth of time that the container gets (cgroup version 2).
    private static double quota(Path root) {
        String[] parts = first(root.resolve("sys/fs/cgroup/cpu.max")).split(" ");
        long period = parts.length == 2 ? number(parts[1]) : 0;
        return period > 0 ? (double) number(parts[0]) / period : 0;
    }

    private static double load(Path root) {
        String[] parts = first(root.resolve("proc/loadavg")).split(" ");
        return parts[0].matches("\\d+\\.\\d+") ? Double.parseDouble(parts[0]) : 0;
    }

    /// The word in brackets.
    private static String chosen(String choices) {
        int from = choices.indexOf('[');
        int to = choices.indexOf(']');
        return from >= 0 && to > from ? choices.substring(from + 1, to) : "";
    }

    private static long number(String text) {
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    }

    private static String first(Path file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? "" : lines.getFirst();
    }

    /// Of a file that need not be there.
    private static List<String> lines(Path file) {
        try {
            return Files.exists(file)
                    ? Files.readAllLines(file, StandardCharsets.UTF_8)
                    : new ArrayList<>();
        } catch (IOException _) { // not for us to read: not known
            return new ArrayList<>();
        }
    }
}
