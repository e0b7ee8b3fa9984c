package dev.tramontane.server;

import dev.tramontane.wire.Fields;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The words of requests that the readers know, as their compiled code has them: names of fields,
/// and values that mean something. A reader is whatever asks {@link Fields}.
final class ReadersWords {
    private static final String FIELDS = "dev/tramontane/wire/Fields";
    private static final String WORD = "[a-z][a-z0-9_]*";

    private ReadersWords() {}

    /// What readers ask.
    static Class<?> fields() {
        return Fields.class;
    }

    /// The words of each reader among compiled classes, by its simple name.
    ///
    /// @param places folders, or jars
    static Map<String, Set<String>> of(List<Path> places) throws IOException {
        Map<String, Set<String>> words = new TreeMap<>();
        for (Path place : places) {
            if (Files.isDirectory(place)) {
                collect(place, words);
            } else {
                try (FileSystem jar = FileSystems.newFileSystem(place)) {
                    collect(jar.getPath("/"), words);
                }
            }
        }
        return words;
    }

    private static void collect(Path folder, Map<String, Set<String>> words) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(file -> file.toString().endsWith(".class"))
                    .map(ReadersWords::parse)
                    .filter(ReadersWords::asksFields)
                    .forEach(reader -> words.put(name(reader), words(reader)));
        }
    }

    private static ClassModel parse(Path file) {
        try {
            return ClassFile.of().parse(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(ClassModel model) {
        return model.thisClass().asInternalName().replaceFirst(".*/", "");
    }

    private static boolean asksFields(ClassModel model) {
        boolean[] asks = {false};
        code(
                model,
                element ->
                        asks[0] |=
                                element instanceof InvokeInstruction call
                                        && call.owner().asInternalName().equals(FIELDS));
        return asks[0] && !model.thisClass().asInternalName().equals(FIELDS);
    }

    private static Set<String> words(ClassModel model) {
        Set<String> words = new TreeSet<>();
        code(
                model,
                element -> {
                    if (element instanceof ConstantInstruction.LoadConstantInstruction constant
                            && constant.constantValue() instanceof String text
                            && text.matches(WORD)) {
                        words.add(text);
                    }
                });
        return words;
    }

    private static void code(ClassModel model, Consumer<CodeElement> each) {
        for (MethodModel method : model.methods()) {
            method.code().ifPresent(code -> code.forEach(each));
        }
    }
}
