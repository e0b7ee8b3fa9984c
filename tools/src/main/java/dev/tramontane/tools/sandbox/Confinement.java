package dev.tramontane.tools.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;

/// What the {@link Launcher} does to itself before it becomes the program to run.
///
/// @param parent the process that must be alive for the program to run; when it ends, the program
///   does
/// @param uid the user to become, who owns nothing; absent where we have no right to change it
/// @param command the program, by its absolute path, and its arguments
record Confinement(long parent, OptionalInt uid, Wall wall, List<String> command) {
    /// What keeps the program in.
    sealed interface Wall {}

    /// The kernel's Landlock lets it reach only files under a rule.
    ///
    /// @param filter the {@link SystemCallFilter} that is put over the program
    record Landlock(List<Rule> rules, byte[] filter) implements Wall {}

    /// The program is one that makes its own walls, and takes the filter from a descriptor.
    record Namespaces(Path filter, int descriptor) implements Wall {}

    record Rule(Access access, Path path) {}

    /// What may be done with a file, or with everything in a folder.
    enum Access {
        READ,
        /// reading and executing
        RUN,
        /// changing what is there, and making nothing
        REWRITE,
        /// everything but executing, and making what is no file and no folder
        WRITE
    }

    Confinement {
        command = List.copyOf(command);
    }

    /// As arguments of the launcher: `key=value`, then `--` and the command.
    List<String> arguments() {
        var arguments = new ArrayList<String>();
        arguments.add("parent=" + parent);
        uid.ifPresent(id -> arguments.add("uid=" + id));
        switch (wall) {
            case Landlock(List<Rule> rules, byte[] filter) -> {
                rules.forEach(rule -> arguments.add(rule.access + "=" + rule.path));
                arguments.add("filter=" + Base64.getEncoder().encodeToString(filter));
            }
            case Namespaces(Path filter, int descriptor) ->
                    arguments.add("descriptor=" + descriptor + ":" + filter);
        }
        arguments.add("--");
        arguments.addAll(command);
        return arguments;
    }

    /// @throws IllegalArgumentException if these are not {@link #arguments}
    static Confinement of(List<String> arguments) {
        int end = arguments.indexOf("--");
        if (end < 0 || end == arguments.size() - 1) {
            throw new IllegalArgumentException("no command to run");
        }
        long parent = 0;
        var uid = OptionalInt.empty();
        var rules = new ArrayList<Rule>();
        Wall wall = null;
        for (String argument : arguments.subList(0, end)) {
            int equals = argument.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException(argument + ": expected key=value");
            }
            String value = argument.substring(equals + 1);
            switch (argument.substring(0, equals)) {
                case "parent" -> parent = Long.parseLong(value);
                case "uid" -> uid = OptionalInt.of(Integer.parseInt(value));
                case "filter" -> wall = new Landlock(rules, Base64.getDecoder().decode(value));
                case "descriptor" -> {
                    int colon = value.indexOf(':');
                    wall =
                            new Namespaces(
                                    Path.of(value.substring(colon + 1)),
                                    Integer.parseInt(value.substring(0, colon)));
                }
                case String key -> rules.add(new Rule(Access.valueOf(key), Path.of(value)));
            }
        }
        if (wall == null || parent <= 0) {
            throw new IllegalArgumentException("the parent or the wall is missing");
        }
        return new Confinement(parent, uid, wall, arguments.subList(end + 1, arguments.size()));
    }
}
