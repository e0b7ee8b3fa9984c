package dev.tramontane.cli;

import dev.tramontane.model.FileType;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.Arrays;
import java.util.stream.Collectors;

/// Reads `--type`.
final class FileTypeConverter implements ITypeConverter<FileType> {
    @Override
    public FileType convert(String name) {
        return FileType.named(name)
                .orElseThrow(
                        () ->
                                new TypeConversionException(
                                        "'"
                                                + name
                                                + "' is no type, expected one of "
                                                + Arrays.stream(FileType.values())
                                                        .map(FileType::name)
                                                        .collect(Collectors.joining(", "))));
    }
}
