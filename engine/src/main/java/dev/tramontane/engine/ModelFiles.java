package dev.tramontane.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Which files of a repository or folder make up one model.
///
/// Published repositories hold the same weights many times: quantised in a dozen ways, and as
/// safetensors in two layouts. One set is chosen, whole: all parts of a split file, the vision part
/// beside it, and the small files that opening it reads.
///
/// @param paths of the files, as they were listed
/// @param opens the listed path to open; empty where the folder is opened
/// @param label which of several sets it is, such as `Q4_K_M`; empty where there is only one
public record ModelFiles(List<String> paths, String opens, Optional<String> label) {
    private static final Pattern SPLIT = Pattern.compile("(?i)(.+)-(\\d{5})-of-(\\d{5})\\.gguf");

    /// The way a file is quantised, as it is written in names.
    private static final Pattern LABEL =
            Pattern.compile(
                    "(?i)(?:UD-)?(?:I?Q\\d(?:_[0-9A-Z]+)*|T?Q\\d_\\d|BF16|FP?16|FP?32|MXFP4(?:_MOE)?|NVFP4)"
                            + "(?![0-9A-Z])");

    /// What is taken when nobody says which: the smallest that keeps most of the quality.
    private static final String USUAL = "Q4_K_M";

    /// Of vision parts, the one that loses nothing and is not larger than need be.
    private static final List<String> VISION_LABELS = List.of("F16", "FP16", "BF16", "F32", "FP32");

    private static final Predicate<String> SMALL =
            Pattern.compile(
                            "config\\.json|generation_config\\.json|params\\.json|tekken\\.json"
                                    + "|tokenizer\\.json|tokenizer_config\\.json"
                                    + "|tokenizer\\.model(\\..*)?|special_tokens_map\\.json"
                                    + "|added_tokens\\.json|vocab\\.json|merges\\.txt"
                                    + "|chat_template\\.(jinja|json)"
                                    + "|(pre)?processor_config\\.json"
                                    + "|system_prompt\\.txt|SYSTEM_PROMPT\\.txt")
                    .asMatchPredicate();
    private static final Predicate<String> BESIDE_GGUF =
            Pattern.compile("tekken\\.json|system_prompt\\.txt|SYSTEM_PROMPT\\.txt")
                    .asMatchPredicate();
    private static final Predicate<String> CONSOLIDATED =
            Pattern.compile("consolidated.*\\.safetensors(\\.index\\.json)?").asMatchPredicate();
    private static final Predicate<String> HUGGING_FACE =
            Pattern.compile("model.*\\.safetensors(\\.index\\.json)?").asMatchPredicate();

    public ModelFiles {
        paths = List.copyOf(paths);
    }

    /// Chooses among listed files.
    ///
    /// @param listed paths with `/` between their parts
    /// @param wish a file's path or name, or a quantisation; empty for the usual one
    /// @throws IllegalArgumentException when the wish fits no set, or several; the message says
    ///   what there is
    public static ModelFiles choose(Collection<String> listed, Optional<String> wish) {
        Map<String, List<String>> sets = ggufSets(listed);
        Optional<String> label = wish.filter(text -> !isFile(text));
        if (wish.isPresent() && label.isEmpty()) {
            return ofFile(listed, sets, wish.get());
        }
        if (label.isEmpty() && hasSafetensors(listed) && !sets.containsKey(USUAL)) {
            return safetensors(listed);
        }
        if (sets.isEmpty()) {
            throw new IllegalArgumentException(
                    label.isPresent()
                            ? "no .gguf files, so no quantisation " + label.get() + " to choose"
                            : "no .gguf file, and no safetensors with their configuration");
        }
        if (label.isEmpty() && sets.size() == 1) {
            List<String> only = sets.values().iterator().next();
            return gguf(listed, only, Optional.of(sets.keySet().iterator().next()));
        }
        String wanted = label.orElse(USUAL);
        return gguf(listed, quantised(sets, wanted), Optional.of(wanted));
    }

    private static boolean isFile(String wish) {
        String lower = wish.toLowerCase(Locale.ROOT);
        return lower.endsWith(".gguf") || lower.endsWith(".safetensors");
    }

    /// The set that was asked for; `Q4_K_XL` also finds the only `UD-Q4_K_XL`.
    private static List<String> quantised(Map<String, List<String>> sets, String wanted) {
        List<String> set = sets.getOrDefault(wanted, sets.getOrDefault("UD-" + wanted, List.of()));
        if (set.isEmpty()) {
            throw new IllegalArgumentException(
                    "no single file in %s; there are: %s"
                            .formatted(wanted, String.join(", ", sets.keySet())));
        }
        return set;
    }

    /// The sets of GGUF files by their quantisation; by their name, where it tells none or two sets
    /// share one.
    private static Map<String, List<String>> ggufSets(Collection<String> listed) {
        Map<String, List<String>> byStem = new TreeMap<>();
        for (String path : listed) {
            if (path.toLowerCase(Locale.ROOT).endsWith(".gguf") && !isVision(path)) {
                byStem.computeIfAbsent(stem(path), _ -> new ArrayList<>()).add(path);
            }
        }
        Map<String, Long> uses =
                byStem.keySet().stream()
                        .collect(Collectors.groupingBy(ModelFiles::labelOf, Collectors.counting()));
        Map<String, List<String>> sets = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        byStem.forEach(
                (stem, paths) -> {
                    String label = labelOf(stem);
                    boolean tells = !label.isEmpty() && uses.getOrDefault(label, 0L) == 1;
                    sets.put(tells ? label : stem + ".gguf", paths);
                });
        return sets;
    }

    /// A path without its ending and part number: what the parts of one set share.
    private static String stem(String path) {
        Matcher split = SPLIT.matcher(path);
        return split.matches()
                ? split.group(1)
                : path.substring(0, path.length() - ".gguf".length());
    }

    /// The last quantisation that a name tells; a folder's, where the name tells none.
    private static String labelOf(String stem) {
        String label = "";
        for (String part : stem.split("/")) {
            Matcher matcher = LABEL.matcher(part);
            while (matcher.find()) {
                boolean isWord = matcher.start() == 0 || !isWord(part.charAt(matcher.start() - 1));
                label = isWord ? matcher.group().toUpperCase(Locale.ROOT) : label;
            }
        }
        return label;
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c);
    }

    private static boolean isVision(String path) {
        return name(path).toLowerCase(Locale.ROOT).contains("mmproj");
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String folder(String path) {
        return path.substring(0, path.lastIndexOf('/') + 1);
    }

    private static ModelFiles ofFile(
            Collection<String> listed, Map<String, List<String>> sets, String wish) {
        List<String> fitting =
                listed.stream()
                        .filter(path -> path.equals(wish) || name(path).equals(wish))
                        .toList();
        if (fitting.size() != 1) {
            throw new IllegalArgumentException(
                    (fitting.isEmpty() ? "no file " : "several files ")
                            + wish
                            + "; there are: "
                            + listed.stream()
                                    .filter(ModelFiles::isFile)
                                    .collect(Collectors.joining(", ")));
        }
        String path = fitting.getFirst();
        if (path.toLowerCase(Locale.ROOT).endsWith(".safetensors")) {
            return CONSOLIDATED.test(name(path))
                    ? set(listed, CONSOLIDATED)
                    : set(listed, HUGGING_FACE);
        }
        if (isVision(path)) {
            return new ModelFiles(List.of(path), path, Optional.of(stem(name(path))));
        }
        List<String> set =
                sets.values().stream()
                        .filter(paths -> paths.contains(path))
                        .findFirst()
                        .orElseThrow();
        return gguf(listed, set, Optional.of(stem(name(path))));
    }

    /// A GGUF set with its vision part and the small files beside it.
    private static ModelFiles gguf(
            Collection<String> listed, List<String> set, Optional<String> label) {
        List<String> parts = set.stream().sorted().toList();
        checkWhole(parts);
        String folder = folder(parts.getFirst());
        List<String> chosen = new ArrayList<>(parts);
        visionPart(listed, folder).ifPresent(chosen::add);
        listed.stream()
                .filter(path -> BESIDE_GGUF.test(name(path)))
                .filter(path -> folder(path).equals(folder) || folder(path).isEmpty())
                .filter(path -> folder(path).equals(folder) || !listed.contains(folder + path))
                .forEach(chosen::add);
        return new ModelFiles(chosen, parts.getFirst(), label);
    }

    private static void checkWhole(List<String> parts) {
        Matcher first = SPLIT.matcher(parts.getFirst());
        int expected = first.matches() ? Integer.parseInt(first.group(3)) : 1;
        if (parts.size() != expected) {
            throw new IllegalArgumentException(
                    "%s: %d of %d parts are there"
                            .formatted(stem(parts.getFirst()), parts.size(), expected));
        }
    }

    /// The vision part beside a set, else at the top.
    private static Optional<String> visionPart(Collection<String> listed, String folder) {
        for (String place : folder.isEmpty() ? List.of("") : List.of(folder, "")) {
            List<String> parts =
                    listed.stream()
                            .filter(path -> path.toLowerCase(Locale.ROOT).endsWith(".gguf"))
                            .filter(ModelFiles::isVision)
                            .filter(path -> folder(path).equals(place))
                            .sorted()
                            .toList();
            for (String label : VISION_LABELS) {
                Optional<String> part =
                        parts.stream()
                                .filter(path -> labelOf(stem(name(path))).equals(label))
                                .findFirst();
                if (part.isPresent()) {
                    return part;
                }
            }
            if (!parts.isEmpty()) {
                return Optional.of(parts.getFirst());
            }
        }
        return Optional.empty();
    }

    private static boolean hasSafetensors(Collection<String> listed) {
        return isNative(listed) || isHuggingFace(listed);
    }

    private static boolean isNative(Collection<String> listed) {
        return listed.contains("params.json") && listed.stream().anyMatch(CONSOLIDATED);
    }

    private static boolean isHuggingFace(Collection<String> listed) {
        return listed.contains("config.json") && listed.stream().anyMatch(HUGGING_FACE);
    }

    /// The layout that {@link dev.tramontane.weights.ModelFolder} would open.
    private static ModelFiles safetensors(Collection<String> listed) {
        return set(listed, isNative(listed) ? CONSOLIDATED : HUGGING_FACE);
    }

    private static ModelFiles set(Collection<String> listed, Predicate<String> weights) {
        List<String> chosen =
                listed.stream()
                        .filter(path -> !path.contains("/"))
                        .filter(weights.or(SMALL))
                        .sorted()
                        .toList();
        return new ModelFiles(chosen, "", Optional.empty());
    }
}
