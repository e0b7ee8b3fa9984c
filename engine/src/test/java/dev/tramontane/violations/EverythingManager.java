package dev.tramontane.violations;

import jdk.incubator.vector.FloatVector;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.lang.foreign.MemorySegment;
import java.net.Socket;

/// Breaks every rule for single classes, so that a rule gone blind is noticed. Never run.
final class EverythingManager {
    private EverythingManager() {}

    static void breakRules(MemorySegment memory) throws IOException {
        System.out.println(FloatVector.SPECIES_PREFERRED);
        new ProcessBuilder("ls").start().destroy();
        new Socket("localhost", (int) memory.byteSize()).close();
        Thread.ofVirtual().start(() -> {});
        new ObjectInputStream(InputStream.nullInputStream()).close();
    }
}
