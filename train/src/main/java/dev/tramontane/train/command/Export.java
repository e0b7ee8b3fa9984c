package dev.tramontane.train.command;

import dev.tramontane.model.FileType;
import dev.tramontane.tensor.DType;

import java.util.List;
import java.util.stream.Stream;

/// What is made of a trained model.
///
/// @param folder type of the matrices in Hugging Face's layout
/// @param gguf types of GGUF files beside it
record Export(DType folder, List<FileType> gguf) {
    Export {
        gguf = List.copyOf(gguf);
    }

    static Export read(Settings keys) {
        DType folder =
                keys.text("folder")
                        .map(name -> type(keys, "folder", name).type())
                        .orElse(DType.BF16);
        if (folder != DType.F32 && folder != DType.F16 && folder != DType.BF16) {
            throw keys.wrong(
                    "folder",
                    "is " + folder + ", expected F32, F16 or BF16; write fewer bits with gguf");
        }
        List<FileType> gguf =
                keys.texts("gguf").stream().map(name -> type(keys, "gguf", name)).toList();
        keys.end();
        return new Export(folder, gguf);
    }

    private static FileType type(Settings keys, String key, String name) {
        return FileType.named(name)
                .orElseThrow(
                        () ->
                                keys.unknown(
                                        key,
                                        name,
                                        Stream.of(FileType.values()).map(FileType::name).toList()));
    }
}
